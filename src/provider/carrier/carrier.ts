import type { Money } from '../../money.js';
import type { Unknown } from '../provider.js';

/**
 * What callers can ask of a phone company's billing without paying. Recharges and bills are delivered by the same
 * company as a `Provider`. No method rejects for anything that the carrier or the network does.
 */
export interface Carrier {
  /** The phone's remaining credit; it may be negative. */
  balance(
    phone: string,
  ): Promise<{ outcome: 'found'; balance: Money } | { outcome: 'phone-unknown' } | Unknown>;
  /** What is due on the phone's bill; zero when nothing is. */
  bill(phone: string): Promise<{ outcome: 'found'; due: Money } | { outcome: 'phone-unknown' } | Unknown>;
}
