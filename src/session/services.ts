import type { BankWithoutPin } from '../bank/bank.js';
import type { CallLog } from '../call-log/call-log.js';
import type { Conversations } from '../conversation/conversations.js';
import type { Details } from '../dialogue/purchase.js';
import type { AssistedProgress, OfferedItem } from '../dialogue/work.js';
import type { Log } from '../log.js';
import type { Money } from '../money.js';
import type { FindEarlier } from '../payment/earlier-payment.js';
import type { News } from '../payment/news.js';
import type { OrderStore } from '../payment/orders/order.js';
import type { PaymentResult, TakePayment } from '../payment/take-payment.js';
import type { Carrier } from '../provider/carrier/carrier.js';
import type { Catalogue } from '../services/service.js';
import type { PinDoor } from '../wallet/pin-door.js';
import type { Wallet } from '../wallet/wallet.js';
import type { EnquiryGuard } from './enquiry-limits.js';
import type { KeptPin } from './kept-pin.js';
import type { AgentsAnswer } from './live-session.js';

/** What a conversation can have done for it. */
export type Services = {
  /** Whatever needs no PIN. With one, the bank is asked through `pins` only. */
  readonly bank: BankWithoutPin;
  readonly pins: Pick<PinDoor, 'reserve'>;
  readonly catalogue: Catalogue;
  readonly carrier: Pick<Carrier, 'balance'>;
  readonly quote: Quote;
  readonly list: List;
  readonly wallet: Wallet;
  readonly enquiries: EnquiryGuard;
  readonly orders: Pick<OrderStore, 'find' | 'findByCode'>;
  readonly takePayment: TakePayment;
  readonly news: News;
  readonly findEarlier: FindEarlier;
  readonly callLog: Pick<CallLog, 'enquired'>;
  readonly conversations: Pick<Conversations, 'take'>;
  readonly log: Log;
  /** Called with what each caller who tried to pay was told, for the metrics. */
  readonly onPayment: (service: string, outcome: PaymentResult['outcome']) => void;
};

/** What a provider says of what is to be paid for. */
type QuoteAnswer =
  | { readonly outcome: 'quoted'; readonly price?: Money | undefined }
  | { readonly outcome: 'nothing-due' }
  | { readonly outcome: 'subject-unknown' }
  | { readonly outcome: 'unknown' };
type Quote = (service: string, details: Details) => Promise<QuoteAnswer>;

/** What a service's provider has on sale; `unknown`: it could not be asked. */
type List = (
  service: string,
) => Promise<
  { readonly outcome: 'listed'; readonly items: readonly OfferedItem[] } | { readonly outcome: 'unknown' }
>;

/** Names an order: its id, or the code that an agent dialled. */
export type OrderName = { readonly id: string } | { readonly code: string };

/** The call that work is done for. */
export type Caller = {
  readonly callId: string;
  readonly callerNumber: string | undefined;
  /** What an agent prepared for this caller to pay. */
  readonly order: OrderName | undefined;
  /** A PIN that waits for the agent's word. Whoever made it wipes it when the call is over. */
  readonly keptPin: KeptPin;
  /** Resolves with what the agent wants next, or with who is gone. */
  readonly awaitAgent: (because: AssistedProgress) => Promise<AgentsAnswer>;
  /** Brings the caller to an agent. */
  readonly reachAgent: () => Promise<'transferred' | 'unavailable'>;
};
