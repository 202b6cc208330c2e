import type { WorkOutcome } from '../dialogue/work.js';
import type { Log } from '../log.js';
import type { Wallet } from '../wallet/wallet.js';

/** A try that cannot be counted is the last one: tries without end are worse than one too few. */
export async function afterWrongPin(
  wallet: Pick<Wallet, 'countWrongPin'>,
  cardId: string,
  log: Log,
): Promise<WorkOutcome> {
  try {
    return { type: 'wrongPin', triesLeft: await wallet.countWrongPin(cardId) };
  } catch (error) {
    log.error({ err: error }, 'a wrong PIN could not be counted');
    return { type: 'declined', reason: 'try-later' };
  }
}
