import type { IssuerLinkOptions } from '../issuer-link.js';
import { startBank } from '../issuer-link.js';
import { IndependentHost } from './independent-host.js';

/** An independent host, and a bank on real TCP that is signed in to it. */
export type IndependentLink = Awaited<ReturnType<typeof startIndependentLink>>;

/** @param script what the host does before the bank signs in for the first time. */
export async function startIndependentLink(
  options: IssuerLinkOptions = {},
  script: (host: IndependentHost) => void = () => undefined,
  hostOptions: Parameters<typeof IndependentHost.start>[0] = {},
) {
  const host = await IndependentHost.start(hostOptions);
  script(host);
  // Long enough for a busy machine; a test of silence gives a shorter time.
  const timing = { answerTimeoutMs: 2_000, networkTimeoutMs: 1_000, ...options.timing };
  const started = await startBank({ host: '127.0.0.1', port: host.port }, { ...options, timing }).catch(
    async (error: unknown) => {
      await host.stop();
      throw error;
    },
  );
  return {
    host,
    ...started,
    stop: async () => {
      await started.bank.stop(0);
      await host.stop();
    },
  };
}
