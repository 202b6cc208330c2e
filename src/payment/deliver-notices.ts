import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import type { NoticeDelivery, NoticeOutbox } from './notice.js';
import type { PaymentPolicy } from './payment-policy.js';
import { backOffMs } from './payment-policy.js';
import type { Worker } from './worker.js';
import { worker } from './worker.js';

const batch = 100;
/** Longer than any delivery takes, so that two workers do not deliver one notice. */
const deliveryLeaseMs = 30_000;

export type NoticeParts = {
  readonly outbox: NoticeOutbox;
  readonly delivery: NoticeDelivery;
  readonly policy: Pick<PaymentPolicy, 'backOffFirstMs' | 'backOffLongestMs' | 'pollMs'>;
  readonly clock: Clock;
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly log: Log;
};

/**
 * Returns the worker that empties the outbox: each notice is tried until it is delivered, at least once.
 * `deliverOnce` makes one pass and returns how many were delivered.
 */
export function deliverNotices(parts: NoticeParts): Worker & { readonly deliverOnce: () => Promise<number> } {
  const { outbox, delivery, policy, clock, wait, log } = parts;
  const deliverOnce = async (): Promise<number> => {
    let delivered = 0;
    for (const notice of await outbox.due(clock.now(), batch)) {
      const pauseMs = Math.max(deliveryLeaseMs, backOffMs(policy, notice.attempts + 1));
      const isOurs = await outbox.claim(notice, new Date(clock.now().getTime() + pauseMs));
      if (isOurs && (await delivery.deliver(notice)) === 'delivered') {
        await outbox.markDelivered(notice.id, clock.now());
        delivered += 1;
      }
    }
    return delivered;
  };
  return { ...worker(deliverOnce, { pollMs: policy.pollMs, wait, log, name: 'notices' }), deliverOnce };
}
