import type { Money } from '../../money.js';
import type { Carrier } from './carrier.js';

type Answer =
  | { readonly outcome: 'quoted'; readonly price?: Money | undefined }
  | { readonly outcome: 'nothing-due' | 'subject-unknown' | 'unknown' };

/** Returns what the carrier says of the phone that something is to be paid for. */
export function carrierQuotes(carrier: Pick<Carrier, 'balance' | 'bill'>) {
  return async (service: string, { phone }: Readonly<Record<string, unknown>>): Promise<Answer> => {
    const asked = String(phone);
    const answer = await (service === 'bill' ? carrier.bill(asked) : carrier.balance(asked));
    switch (answer.outcome) {
      case 'found':
        if (!('due' in answer)) {
          return { outcome: 'quoted' };
        }
        return answer.due.amountMinor > 0
          ? { outcome: 'quoted', price: answer.due }
          : { outcome: 'nothing-due' };
      case 'phone-unknown':
        return { outcome: 'subject-unknown' };
      case 'unknown':
        return { outcome: 'unknown' };
    }
  };
}
