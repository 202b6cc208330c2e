import type { PaymentNews, Perform, Work, WorkOutcome } from '../dialogue/work.js';
import { saleNamed } from '../services/service.js';
import { performCardBalance } from './card-balance.js';
import { performFindOrder } from './find-order.js';
import { performPayment } from './pay.js';
import type { Caller, Services } from './services.js';

/** News that a caller has heard. */
type Heard = Pick<PaymentNews, 'reference' | 'outcome'>;
type WorkOf<Name extends Work['do']> = Extract<Work, { do: Name }>;

/** Codes of no order that one call may try: whoever guesses would hear what others are to pay. */
const unknownCodesAllowed = 6;

/** Returns what does the work that a conversation with this caller asks for. */
export function performWorkFor(services: Services, caller: Caller): Perform {
  let news: readonly PaymentNews[] = [];
  /** Payments of this call: the caller is told of them now, and need not be at the next call. */
  const paidHere: Heard[] = [];
  let unknownCodes = 0;
  const paying = async (payment: Promise<WorkOutcome>): Promise<WorkOutcome> => {
    const outcome = await payment;
    if (outcome.type === 'paid') {
      paidHere.push({ reference: outcome.reference, outcome: 'paid' });
    }
    return outcome;
  };
  const findOrder = async ({ code }: WorkOf<'find-order'>): Promise<WorkOutcome> => {
    if (code === undefined) {
      return performFindOrder(services, caller.callerNumber, caller.order);
    }
    if (unknownCodes >= unknownCodesAllowed) {
      return { type: 'orderClosed', why: 'unknown' };
    }
    const outcome = await performFindOrder(services, caller.callerNumber, { code });
    unknownCodes += outcome.type === 'orderClosed' && outcome.why === 'unknown' ? 1 : 0;
    return outcome;
  };
  return async (work) => {
    switch (work.do) {
      case 'remember-language':
        return rememberLanguage(services, caller, work);
      case 'remember-pace':
        return rememberPace(services, caller, work);
      case 'find-cards':
        return findCards(services, caller);
      case 'check-card-number':
        return checkCardNumber(services, work);
      case 'card-balance':
        return performCardBalance(services, caller, work);
      case 'phone-balance':
        return phoneBalance(services, caller, work);
      case 'quote':
        return quote(services, caller, work);
      case 'pay':
        return paying(performPayment(services, caller, work));
      case 'pay-kept':
        return paying(payKept(services, caller, work));
      case 'keep-pin':
        caller.keptPin.keep(work.card.cardId, work.pin);
        return { type: 'done' };
      case 'await-agent':
        return caller.awaitAgent(work.because);
      case 'find-order':
        return findOrder(work);
      case 'find-news':
        news = await findNews(services, caller);
        return { type: 'news', news };
      case 'news-heard':
        return newsHeard(
          services,
          caller,
          [...news, ...paidHere].filter(({ reference }) => work.references.includes(reference)),
        );
      case 'reach-agent':
        return { type: await caller.reachAgent() };
    }
  };
}

async function rememberLanguage(
  { wallet }: Services,
  { callerNumber }: Caller,
  { language }: WorkOf<'remember-language'>,
): Promise<WorkOutcome> {
  if (callerNumber !== undefined) {
    await wallet.rememberLanguage(callerNumber, language);
  }
  return { type: 'done' };
}

async function rememberPace(
  { wallet }: Services,
  { callerNumber }: Caller,
  { pace }: WorkOf<'remember-pace'>,
): Promise<WorkOutcome> {
  if (callerNumber !== undefined) {
    await wallet.rememberPace(callerNumber, pace);
  }
  return { type: 'done' };
}

async function findCards({ bank, wallet }: Services, { callerNumber }: Caller): Promise<WorkOutcome> {
  if (!bank.available) {
    return { type: 'unavailable' };
  }
  return { type: 'cardsFound', cards: callerNumber === undefined ? [] : await wallet.cardsOf(callerNumber) };
}

async function checkCardNumber(
  { wallet }: Services,
  { number }: WorkOf<'check-card-number'>,
): Promise<WorkOutcome> {
  const card = await wallet.admitCardNumber(number);
  return card === undefined ? { type: 'cardRefused' } : { type: 'cardAccepted', card };
}

async function quote(
  { catalogue, quote: ask, callLog }: Services,
  { callId }: Caller,
  { service, details }: WorkOf<'quote'>,
): Promise<WorkOutcome> {
  const answer = await ask(service, details);
  if (saleNamed(catalogue, service).discloses) {
    await callLog.enquired({ callId, kind: service, outcome: answer.outcome });
  }
  switch (answer.outcome) {
    case 'quoted':
      return { type: 'quoted', price: answer.price };
    case 'nothing-due':
      return { type: 'nothingDue' };
    case 'subject-unknown':
      return { type: 'subjectUnknown' };
    case 'unknown':
      return { type: 'unavailable' };
  }
}

async function phoneBalance(
  { carrier, callLog }: Services,
  { callId }: Caller,
  { phone }: WorkOf<'phone-balance'>,
): Promise<WorkOutcome> {
  const answer = await carrier.balance(phone);
  await callLog.enquired({ callId, kind: 'phone-balance', outcome: answer.outcome });
  switch (answer.outcome) {
    case 'found':
      return { type: 'balance', balance: answer.balance };
    case 'phone-unknown':
      return { type: 'subjectUnknown' };
    case 'unknown':
      return { type: 'unavailable' };
  }
}

async function payKept(
  services: Services,
  caller: Caller,
  { order, card }: WorkOf<'pay-kept'>,
): Promise<WorkOutcome> {
  const pin = caller.keptPin.take(card.cardId);
  return pin === undefined
    ? { type: 'pinMissing' }
    : performPayment(services, caller, { purchase: order, card, pin });
}

async function findNews(
  { news, catalogue }: Services,
  { callerNumber }: Caller,
): Promise<readonly PaymentNews[]> {
  const told = callerNumber === undefined ? [] : await news.newsFor(callerNumber);
  return told.map(({ service, phone, amount, outcome, reference }) => {
    const sale = saleNamed(catalogue, service);
    const { words } = sale.purchase({ details: { phone }, amount, callerPhone: callerNumber });
    return { wentThrough: words.wentThrough, amount, outcome, reference };
  });
}

async function newsHeard(
  { news }: Services,
  { callerNumber }: Caller,
  told: readonly Heard[],
): Promise<WorkOutcome> {
  if (callerNumber !== undefined) {
    await news.markHeard(callerNumber, told);
  }
  return { type: 'done' };
}
