/** What can be paid for, of every service that sells: each brings its own in test/services/<id>/sample.ts. */
import type { Details, Purchase } from '../../src/dialogue/purchase.js';
import { type Money, money } from '../../src/money.js';
import { catalogue } from '../../src/services/catalogue.js';
import { saleNamed } from '../../src/services/service.js';

type SampleFile = { readonly samples: readonly Details[] };

/** The ids of the services that sell. */
export const sellingServices = catalogue.services.flatMap(({ id, sale }) => (sale === undefined ? [] : [id]));

const samples = new Map(
  await Promise.all(
    sellingServices.map(async (id) => {
      const file = (await import(`../services/${id}/sample.js`)) as SampleFile;
      return [id, file.samples] as const;
    }),
  ),
);

type Of = { readonly amount?: Money; readonly callerPhone?: string; readonly orderId?: string | undefined };

/** Returns the purchases of a service's samples; of 50 yuan when nothing else is said. */
export function samplePurchases(
  service: string,
  { amount = money(5_000), callerPhone, orderId }: Of = {},
): readonly Purchase[] {
  const sale = saleNamed(catalogue, service);
  return (samples.get(service) ?? []).map((details) =>
    sale.purchase({ details, amount, callerPhone, orderId }),
  );
}

/** Returns the first of them. */
export function samplePurchase(service: string, of: Of = {}): Purchase {
  const [first] = samplePurchases(service, of);
  if (first === undefined) {
    throw new Error(`test/services/${service}/sample.ts has no sample`);
  }
  return first;
}
