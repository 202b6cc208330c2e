import type { BalanceAnswer } from '../bank/bank.js';
import type { Work, WorkOutcome } from '../dialogue/work.js';
import type { PinRefused, Tried } from '../wallet/pin-door.js';
import type { UnprovenCard } from '../wallet/wallet.js';
import type { Caller, Services } from './services.js';

type Asking = Extract<Work, { do: 'ask-card-balance' }> & {
  /** The card as it was keyed, when nobody has proven it by a PIN before. */
  readonly unproven: UnprovenCard | undefined;
};

/** Asks the bank for a card's balance and records the enquiry, whatever came of it. */
export async function performCardBalance(
  services: Pick<Services, 'bank' | 'pins' | 'wallet' | 'callLog'>,
  { callId, callerNumber }: Pick<Caller, 'callId' | 'callerNumber'>,
  { service, card: { cardId }, pin, unproven }: Asking,
): Promise<WorkOutcome> {
  const { bank, pins, wallet, callLog } = services;
  const asked = await askBank();
  if ('reason' in asked) {
    await callLog.enquired({ callId, kind: service, outcome: asked.reason });
    return { type: 'declined', reason: asked.reason };
  }
  const { answer, told } = asked;
  await callLog.enquired({
    callId,
    kind: service,
    outcome: answer.outcome,
    bankResponseCode: 'responseCode' in answer ? answer.responseCode : undefined,
  });
  switch (answer.outcome) {
    case 'approved':
      return { type: 'balance', balance: answer.balance };
    case 'wrong-pin':
    case 'declined':
      return told?.outcome === 'wrong-pin'
        ? { type: 'wrongPin', triesLeft: told.triesLeft }
        : { type: 'declined', reason: told?.reason ?? 'try-later' };
    case 'unknown':
    case 'not-sent':
      return { type: 'unavailable' };
  }

  async function askBank(): Promise<Tried<BalanceAnswer> | PinRefused> {
    try {
      const card = unproven === undefined ? await wallet.bankCard(cardId) : wallet.openUnproven(unproven);
      const pinTry = await pins.reserve({ cardId, card, unproven, keepsCard: false, callerNumber, pin });
      if ('outcome' in pinTry) {
        return pinTry;
      }
      try {
        return await pinTry.balance({ trace: await bank.nextTrace() });
      } finally {
        await pinTry.release();
      }
    } finally {
      // A PIN that never reached the bank, because its card could not be read, must not stay.
      pin.wipe();
    }
  }
}
