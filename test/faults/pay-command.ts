import type { CardIds } from './lane.js';
import type { PayCommand } from './protocol.js';
import type { PlannedPayment } from './schedule.js';
import { cards, phoneOf, rightCards } from './simulators.js';

/** Returns what a process is told of a planned payment, the `index`-th of its schedule. */
export function payCommand(
  cardIds: CardIds,
  {
    planned,
    index,
    callId,
    orderId,
  }: {
    readonly planned: PlannedPayment;
    readonly index: number;
    readonly callId: string;
    readonly orderId: string | undefined;
  },
): PayCommand {
  const which = planned.wrongPin === true ? 'wrong' : (rightCards[index % rightCards.length] ?? 'right');
  const { pan, pin } = cards[which];
  return {
    ...{ do: 'pay', callId, orderId, pan },
    callerNumber: `138${String(index).padStart(8, '0')}`,
    service: planned.service,
    phone: phoneOf(planned.pays ?? index),
    amountMinor: planned.amountMinor,
    cardId: cardIds[which],
    pin: planned.wrongPin === true ? '000000' : pin,
  };
}
