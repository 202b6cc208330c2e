import './mend-shred.js';
import { createRequire } from 'node:module';
import { type Client, connect } from 'ari-client';
import type { Log } from '../../log.js';
import { AriFault } from './ari.js';
import { reasonOf } from './lasting-socket.js';
import { TimedOut, within } from './within.js';

/** Asterisk describes its API in a dozen answers; on loopback they take some 50 ms together. */
const describeMs = 10_000;

mendSwaggerClient();

/**
 * Returns ari-client's client for this Asterisk. Nothing is connected yet but that its API was fetched.
 * The user and password are kept by ari-client for the whole process: one Asterisk a process.
 * @throws AriFault when Asterisk cannot be reached, is not ready, or refuses the user or password.
 */
export async function openAriClient(url: string, log: Log): Promise<Client> {
  const { origin, username, password } = new URL(url);
  try {
    return await within(
      describeMs,
      connect(origin, decodeURIComponent(username), decodeURIComponent(password)),
    );
  } catch (cause) {
    // A failure of swagger-client's is a text; "401 : …" is the one that somebody must mend.
    if (typeof cause === 'string' && /^40[13]\b/.test(cause)) {
      log.error({}, 'Asterisk refuses the user or password of WALLETLINE_ARI_URL');
      throw new AriFault('Asterisk refuses the user or password');
    }
    const why = typeof cause === 'string' ? 'not ready' : reasonOf(cause);
    throw new AriFault(cause instanceof TimedOut ? 'no description in time' : why);
  }
}

/**
 * swagger-client, below ari-client, throws its failures a second time where nobody can catch them, which
 * would end the process when Asterisk is only starting; and it prints on standard output through a global
 * function of its own. Both are mended here, before it is used.
 */
function mendSwaggerClient(): void {
  const requireBelowAriClient = createRequire(createRequire(import.meta.url).resolve('ari-client'));
  const { SwaggerApi } = requireBelowAriClient('swagger-client') as {
    SwaggerApi: { prototype: { failure(message: unknown): void; fail(message: unknown): void } };
  };
  SwaggerApi.prototype.fail = function fail(message) {
    this.failure(message);
  };
  (globalThis as { log?: () => void }).log = () => undefined;
}
