import type { CallCentre } from '../../src/call/call-centre.js';
import { findEarlier } from '../../src/payment/earlier-payment.js';
import { paymentNews } from '../../src/payment/news.js';
import { takePayment } from '../../src/payment/take-payment.js';
import { providerLists, providerQuotes } from '../../src/provider/quotes.js';
import { catalogue } from '../../src/services/catalogue.js';
import type { TakeCallDependencies } from '../../src/session/take-call.js';
import { agentsSide, quickly } from './agents-side.js';
import { enquiryGuard } from './enquiry-guard.js';
import { FakeConversations } from './fake-conversations.js';
import { FakeOrderStore } from './fake-order-store.js';
import { FakePaymentStore } from './fake-payment-store.js';
import { FakeWallet } from './fake-wallet.js';
import { pan, paymentWorld } from './payment-world.js';
import { RecordedCallLog } from './recorded-call-log.js';
import { silentLog } from './silent-log.js';

/**
 * Everything that a call needs, in memory: the real dialogues and the real saga over a fake bank, carrier,
 * wallet and store. Phone 13800138000 speaks English and has a card with 1,000.00 and the PIN 135790.
 */
export async function sessionWorld({ callCentre }: { readonly callCentre?: CallCentre } = {}) {
  const orders = new FakeOrderStore();
  const world = paymentWorld(new FakePaymentStore(orders));
  const wallet = new FakeWallet(world.attempts);
  await wallet.bind('13800138000', { pan });
  await wallet.rememberLanguage('13800138000', 'en');
  const ended: string[] = [];
  const paid: string[] = [];
  const parts = world.process({ wallet });
  const { clock } = world;
  const conversations = new FakeConversations(clock);
  const callLog = new RecordedCallLog(conversations);
  const { sessionsEnded, ...agents } = agentsSide({ callCentre, orders, clock });
  const dependencies: TakeCallDependencies = {
    bank: world.bank,
    catalogue,
    pins: parts.pins,
    enquiries: enquiryGuard(world.attempts),
    carrier: world.carrier,
    quote: providerQuotes(parts.providers, () => world.carrier.id),
    list: providerLists(parts.providers, () => world.carrier.id),
    wallet,
    ...agents,
    takePayment: takePayment(parts),
    news: paymentNews(world.store, clock),
    findEarlier: findEarlier(world.store, { clock, windowMs: 600_000, utcOffsetMinutes: 480 }),
    callLog,
    conversations,
    goOnMs: 600_000,
    ...{ clock, pause: quickly, log: silentLog },
    onPayment: (service, outcome) => paid.push(`${service} ${outcome}`),
    onQuestion: () => {},
    onEnd: (outcome) => ended.push(outcome),
  };
  return { ...world, ...agents, wallet, callLog, conversations, ended, paid, sessionsEnded, dependencies };
}
