import type { Call } from '../call/call.js';
import type { Log } from '../log.js';

/** Ends a call from our side. Never rejects: should it fail, the switch's own time limit ends the call. */
export async function hangUp({ log }: { readonly log: Log }, call: Call): Promise<void> {
  try {
    await call.hangUp();
  } catch (error) {
    log.error({ err: error }, 'a call could not be hung up');
  }
}
