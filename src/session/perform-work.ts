import type { Perform, Work, WorkOutcome } from '../dialogue/work.js';
import { saleNamed } from '../services/service.js';
import { performCardBalance } from './card-balance.js';
import { performFindOrder } from './find-order.js';
import { HeardNews } from './heard-news.js';
import { performPayment, withheld } from './pay.js';
import type { Caller, Services } from './services.js';

type WorkOf<Name extends Work['do']> = Extract<Work, { do: Name }>;

/** Codes of no order that one call may try: whoever guesses would hear what others are to pay. */
const unknownCodesAllowed = 6;

/** Returns what does the work that a conversation with this caller asks for. */
export function performWorkFor(services: Services, caller: Caller): Perform {
  const news = new HeardNews(services, caller);
  let unknownCodes = 0;
  /** A PIN is proved by what only the right one comes to. */
  const withPin = async (cardId: string, work: Promise<WorkOutcome>): Promise<WorkOutcome> => {
    const outcome = await work;
    if (outcome.type === 'paid') {
      news.paid(outcome.reference);
    }
    if (outcome.type === 'paid' || outcome.type === 'balance') {
      await news.proved(cardId);
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
        return withPin(work.card.cardId, performCardBalance(services, caller, work));
      case 'phone-balance':
        return phoneBalance(services, caller, work);
      case 'quote':
        return quote(services, caller, work);
      case 'pay':
        return withPin(work.card.cardId, performPayment(services, caller, work));
      case 'pay-kept':
        return withPin(work.card.cardId, payKept(services, caller, work));
      case 'keep-pin':
        caller.keptPin.keep(work.card.cardId, work.pin);
        return { type: 'done' };
      case 'await-agent':
        return caller.awaitAgent(work.because);
      case 'find-order':
        return findOrder(work);
      case 'find-news':
        return { type: 'news', news: await news.find() };
      case 'news-heard':
        await news.heard(work.references);
        return { type: 'done' };
      case 'find-earlier':
        return findEarlier(services, caller, work);
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

async function findEarlier(
  services: Services,
  { callId, callerNumber = withheld }: Caller,
  { purchase: { service, details, amount }, card: { cardId } }: WorkOf<'find-earlier'>,
): Promise<WorkOutcome> {
  const read = saleNamed(services.catalogue, service).read(details);
  if (read.outcome === 'invalid') {
    throw new Error(`the details of a payment for ${service} do not fit`);
  }
  const at = await services.findEarlier({
    ...{ callId, callerNumber, cardId, service, amount },
    target: read.subject,
  });
  return at === undefined ? { type: 'noEarlier' } : { type: 'earlierFound', at };
}
