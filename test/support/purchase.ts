import type { Purchase } from '../../src/dialogue/purchase.js';
import type { Money } from '../../src/money.js';
import { catalogue } from '../../src/services/catalogue.js';
import { saleNamed } from '../../src/services/service.js';

type ForPhone = {
  readonly service: string;
  readonly phone: string;
  readonly amount: Money;
  /** The phone that calls. */
  readonly callerPhone?: string | undefined;
  readonly orderId?: string | undefined;
};

/** Returns what is paid for a phone, in the words of its service. */
export function purchaseForPhone({ service, phone, amount, callerPhone, orderId }: ForPhone): Purchase {
  return saleNamed(catalogue, service).purchase({ details: { phone }, amount, callerPhone, orderId });
}

/** Returns the same as an order. */
export function orderForPhone(of: ForPhone & { readonly orderId: string }) {
  return { ...purchaseForPhone(of), orderId: of.orderId };
}
