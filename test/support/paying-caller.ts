import { systemClock, systemWait } from '../../src/clock.js';
import { paymentNews } from '../../src/payment/news.js';
import { takePayment } from '../../src/payment/take-payment.js';
import { providerLists, providerQuotes } from '../../src/provider/quotes.js';
import { catalogue } from '../../src/services/catalogue.js';
import { takeCall } from '../../src/session/take-call.js';
import { bankCard, contractCards } from '../contracts/bank.js';
import { agentsSide } from './agents-side.js';
import { enquiryGuard } from './enquiry-guard.js';
import { FakeAttempts } from './fake-attempts.js';
import { FakeConversations } from './fake-conversations.js';
import { FakeOrderStore } from './fake-order-store.js';
import { FakeWallet } from './fake-wallet.js';
import type { PaymentLink } from './payment-link.js';
import { payingPhone } from './payment-link.js';
import { RecordedCallLog } from './recorded-call-log.js';
import { ScriptedCall } from './scripted-call.js';

const [card] = contractCards;
/** Recharge, this phone, 50 yuan, yes, the PIN. */
export const recharge50 = ['2', '1', '50#', '1', card.pin, 'silence'];

/** Everything that takes calls behind a link, for a caller with a bound card who is spoken to in English. */
export async function payingDependencies(link: PaymentLink) {
  const attempts = new FakeAttempts(systemClock);
  const wallet = new FakeWallet(attempts);
  await wallet.bind(payingPhone, bankCard(card));
  await wallet.rememberLanguage(payingPhone, 'en');
  const callLog = new RecordedCallLog();
  const { bank, pins, store, clock, log } = link.parts;
  const { carrier } = link;
  return {
    ...{ catalogue, quote: providerQuotes(link.parts.providers, () => carrier.id) },
    list: providerLists(link.parts.providers, () => carrier.id),
    ...{ bank, pins, carrier, wallet, callLog, clock, pause: systemWait, log },
    ...{ conversations: new FakeConversations(clock), goOnMs: 0 },
    enquiries: enquiryGuard(attempts),
    ...agentsSide(),
    takePayment: takePayment(link.parts),
    news: paymentNews(store, clock),
    findEarlier: async () => undefined,
    orders: new FakeOrderStore(clock),
    onPayment: () => undefined,
    onQuestion: () => undefined,
    onEnd: () => undefined,
  };
}

/** A caller with a bound card, and everything that takes calls behind a link. */
export async function payingCaller(link: PaymentLink) {
  const dependencies = await payingDependencies(link);
  const { callLog } = dependencies;
  return {
    /** The ids of the calls so far. */
    callIds: () => callLog.calls.map(({ id }) => id),
    /** Makes a call, a recharge of 50 yuan by default, and returns the prompts heard that speak of money. */
    call: async (keys: readonly string[] = recharge50): Promise<string[]> => {
      const channelId = `scripted-${callLog.calls.length + 1}`;
      const scripted = new ScriptedCall({ script: keys, channelId, callerNumber: payingPhone });
      await takeCall(dependencies, scripted);
      return scripted.heard
        .map(({ prompt }) => prompt)
        .filter((prompt) => /^(payment\.|recharge\.paid|declined\.|bank\.|news\.)/.test(prompt));
    },
  };
}
