import type { BankCard } from '../bank/bank.js';
import type { Purchase } from '../dialogue/purchase.js';
import type { CardChoice, WorkOutcome } from '../dialogue/work.js';
import type { Secret } from '../secret.js';
import { saleNamed } from '../services/service.js';
import type { UnprovenCard } from '../wallet/wallet.js';
import { whyClosed } from './find-order.js';
import type { Caller, Services } from './services.js';

/** How a payment names a caller whose number is not known. */
export const withheld = '';

type ToPay = {
  readonly purchase: Purchase;
  readonly card: CardChoice;
  /** The card as it was keyed, when nobody has proven it by a PIN before. */
  readonly unproven: UnprovenCard | undefined;
  /** Consumed, whatever happens. */
  readonly pin: Secret;
};

/** Takes one payment and returns what the caller may truthfully be told. */
export async function performPayment(
  services: Services,
  { callId, callerNumber = withheld }: Pick<Caller, 'callId' | 'callerNumber'>,
  { purchase, card: { cardId }, unproven, pin }: ToPay,
): Promise<WorkOutcome> {
  const { takePayment, wallet, onPayment, log } = services;
  let card: BankCard;
  try {
    card = unproven === undefined ? await wallet.bankCard(cardId) : wallet.openUnproven(unproven);
  } catch (error) {
    // Nothing has begun, so that is what the caller must hear.
    pin.wipe();
    log.error({ callId, err: error }, 'a card could not be read');
    return { type: 'unavailable' };
  }
  const { service, details, amount, orderId } = purchase;
  const read = saleNamed(services.catalogue, service).read(details);
  if (read.outcome === 'invalid') {
    pin.wipe();
    throw new Error(`the details of a payment for ${service} do not fit`);
  }
  const what = {
    callId,
    callerNumber,
    service,
    subject: read.subject,
    details: read.details,
    amount,
    cardId,
    unproven,
    orderId,
  };
  const result = await takePayment({ ...what, card, pin });
  onPayment(service, result.outcome);
  switch (result.outcome) {
    case 'paid':
      return { type: 'paid', reference: result.reference };
    case 'wrong-pin':
      return { type: 'wrongPin', triesLeft: result.triesLeft };
    case 'order-closed':
      return { type: 'orderClosed', why: await whyClosed(services, orderId) };
    case 'declined':
      return { type: 'declined', reason: result.reason };
    case 'returning':
      return { type: 'returning', reference: result.reference };
    case 'unresolved':
      return { type: 'unresolved', reference: result.reference };
    case 'unavailable':
      return { type: 'unavailable' };
  }
}
