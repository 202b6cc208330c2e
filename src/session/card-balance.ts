import type { BalanceAnswer } from '../bank/bank.js';
import type { Work, WorkOutcome } from '../dialogue/work.js';
import { afterWrongPin } from './after-wrong-pin.js';
import type { Caller, Services } from './services.js';

/** Asks the bank for a card's balance and records the enquiry, whatever came of it. */
export async function performCardBalance(
  { bank, wallet, callLog, log }: Pick<Services, 'bank' | 'wallet' | 'callLog' | 'log'>,
  { callId }: Pick<Caller, 'callId'>,
  { card, pin }: Extract<Work, { do: 'card-balance' }>,
): Promise<WorkOutcome> {
  const answer = await askBank();
  await callLog.enquired({
    callId,
    kind: 'card-balance',
    outcome: answer.outcome,
    bankResponseCode: 'responseCode' in answer ? answer.responseCode : undefined,
  });
  switch (answer.outcome) {
    case 'approved':
      await wallet.clearWrongPins(card.cardId);
      return { type: 'balance', balance: answer.balance };
    case 'wrong-pin':
      return afterWrongPin(wallet, card.cardId, log);
    case 'declined':
      return { type: 'declined', reason: answer.reason };
    case 'unknown':
    case 'not-sent':
      return { type: 'unavailable' };
  }

  async function askBank(): Promise<BalanceAnswer> {
    try {
      const [trace, bankCard] = await Promise.all([bank.nextTrace(), wallet.bankCard(card.cardId)]);
      return await bank.balance({ trace, card: bankCard, pin });
    } finally {
      // A PIN that never reached the bank, because its card could not be read, must not stay.
      pin.wipe();
    }
  }
}
