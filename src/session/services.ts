import type { Bank } from '../bank/bank.js';
import type { Call } from '../call/call.js';
import type { CallLog } from '../call-log/call-log.js';
import type { Carrier } from '../carrier/carrier.js';
import type { Log } from '../log.js';
import type { News } from '../payment/news.js';
import type { PaymentResult, TakePayment } from '../payment/take-payment.js';
import type { Wallet } from '../wallet/wallet.js';

/** What a conversation can have done for it. */
export type Services = {
  readonly bank: Bank;
  readonly carrier: Carrier;
  readonly wallet: Wallet;
  readonly takePayment: TakePayment;
  readonly news: News;
  readonly callLog: Pick<CallLog, 'enquired'>;
  readonly log: Log;
  /** Called with what each caller who tried to pay was told, for the metrics. */
  readonly onPayment: (service: string, outcome: PaymentResult['outcome']) => void;
};

/** The call that work is done for. */
export type Caller = {
  readonly callId: string;
  readonly callerNumber: string | undefined;
  /** False once the caller has hung up. */
  readonly isThere: () => boolean;
  readonly transfer: Call['transfer'];
};
