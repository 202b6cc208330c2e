import type { Perform, Work, WorkOutcome } from '../dialogue/work.js';
import { saleNamed } from '../services/service.js';
import type { UnprovenCard } from '../wallet/wallet.js';
import { performCardBalance } from './card-balance.js';
import { mayEnquire } from './enquiry-limits.js';
import { findOrderByCode, performFindOrder } from './find-order.js';
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
  /** Cards keyed on this call that nobody has proven: they are kept nowhere else until a PIN is tried. */
  const keyed = new Map<string, UnprovenCard>();
  const withCard = <W extends WorkOf<'pay' | 'ask-card-balance' | 'pay-kept'>>(work: W) => ({
    ...work,
    unproven: keyed.get(work.card.cardId),
  });
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
    const outcome = await findOrderByCode(services, caller, code);
    unknownCodes += outcome.type === 'orderClosed' ? 1 : 0;
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
        return checkCardNumber(services, caller, work, keyed);
      case 'ask-card-balance':
        return withPin(work.card.cardId, performCardBalance(services, caller, withCard(work)));
      case 'ask-phone-balance':
        return phoneBalance(services, caller, work);
      case 'quote':
        return quote(services, caller, work);
      case 'list':
        return listed(services, work);
      case 'pay':
        return withPin(work.card.cardId, performPayment(services, caller, withCard(work)));
      case 'pay-kept':
        return withPin(work.card.cardId, payKept(services, caller, withCard(work)));
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
      case 'take-unfinished':
        return takeUnfinished(services, work);
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
  { callerNumber }: Caller,
  { number }: WorkOf<'check-card-number'>,
  keyed: Map<string, UnprovenCard>,
): Promise<WorkOutcome> {
  const recognised = await wallet.recognise(number, callerNumber);
  if (recognised === undefined) {
    return { type: 'cardRefused' };
  }
  const { card, unproven } = recognised;
  if (unproven !== undefined) {
    keyed.set(card.cardId, unproven);
  }
  return { type: 'cardAccepted', card };
}

async function quote(
  { catalogue, quote: ask, callLog, enquiries }: Services,
  { callId, callerNumber }: Caller,
  { service, details }: WorkOf<'quote'>,
): Promise<WorkOutcome> {
  const sale = saleNamed(catalogue, service);
  const read = sale.read(details);
  if (read.outcome === 'invalid') {
    return { type: 'subjectUnknown' };
  }
  // That the phone that calls exists is no news to it.
  if (sale.discloses || read.subject !== callerNumber) {
    const enquiry = { phone: read.subject, tells: sale.discloses };
    if (!(await mayEnquire(enquiries, callerNumber, enquiry))) {
      return { type: 'askedTooOften' };
    }
  }
  const answer = await ask(service, details);
  if (sale.discloses) {
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

async function listed({ list }: Services, { service }: WorkOf<'list'>): Promise<WorkOutcome> {
  const answer = await list(service);
  return answer.outcome === 'listed' ? { type: 'listed', items: answer.items } : { type: 'unavailable' };
}

async function phoneBalance(
  { carrier, callLog, enquiries }: Services,
  { callId, callerNumber }: Caller,
  { service, phone }: WorkOf<'ask-phone-balance'>,
): Promise<WorkOutcome> {
  if (!(await mayEnquire(enquiries, callerNumber, { phone, tells: true }))) {
    return { type: 'askedTooOften' };
  }
  const answer = await carrier.balance(phone);
  await callLog.enquired({ callId, kind: service, outcome: answer.outcome });
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
  { order, card, unproven }: WorkOf<'pay-kept'> & { readonly unproven: UnprovenCard | undefined },
): Promise<WorkOutcome> {
  const pin = caller.keptPin.take(card.cardId);
  return pin === undefined
    ? { type: 'pinMissing' }
    : performPayment(services, caller, { purchase: order, card, unproven, pin });
}

async function takeUnfinished(
  { conversations }: Services,
  { id, goesOn }: WorkOf<'take-unfinished'>,
): Promise<WorkOutcome> {
  const isTaken = await conversations.take(id, goesOn ? 'gone-on' : 'declined');
  return { type: isTaken ? 'done' : 'unavailable' };
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
