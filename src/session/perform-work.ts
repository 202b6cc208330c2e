import type { BankCard } from '../bank/bank.js';
import type { PaymentNews, Perform, Work, WorkOutcome } from '../dialogue/work.js';
import { afterWrongPin } from './after-wrong-pin.js';
import { performCardBalance } from './card-balance.js';
import type { Caller, Services } from './services.js';

type WorkOf<Name extends Work['do']> = Extract<Work, { do: Name }>;

/** Returns what does the work that a conversation with this caller asks for. */
export function performWorkFor(services: Services, caller: Caller): Perform {
  let news: readonly PaymentNews[] = [];
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
      case 'find-phone':
        return findPhone(services, caller, work);
      case 'find-bill':
        return findBill(services, caller, work);
      case 'pay':
        return pay(services, caller, work);
      case 'find-news':
        news = await findNews(services, caller);
        return { type: 'news', news };
      case 'news-heard':
        return newsHeard(
          services,
          caller,
          news.filter(({ reference }) => work.references.includes(reference)),
        );
      case 'reach-agent':
        return { type: (await caller.transfer('agents')) === 'transferred' ? 'transferred' : 'unavailable' };
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

/** The phone that was keyed, or the one that is calling; undefined when it is withheld. */
const phoneMeant = (caller: Caller, keyed: string | undefined) => keyed ?? caller.callerNumber;

async function phoneBalance(
  { carrier, callLog }: Services,
  caller: Caller,
  work: WorkOf<'phone-balance'>,
): Promise<WorkOutcome> {
  const phone = phoneMeant(caller, work.phone);
  if (phone === undefined) {
    return { type: 'phoneUnknown' };
  }
  const answer = await carrier.balance(phone);
  await callLog.enquired({ callId: caller.callId, kind: 'phone-balance', outcome: answer.outcome });
  return answer.outcome === 'found' ? { type: 'balance', balance: answer.balance } : notFound(answer.outcome);
}

async function findPhone(
  { carrier }: Services,
  caller: Caller,
  work: WorkOf<'find-phone'>,
): Promise<WorkOutcome> {
  const phone = phoneMeant(caller, work.phone);
  if (phone === undefined) {
    return { type: 'phoneUnknown' };
  }
  const answer = await carrier.balance(phone);
  return answer.outcome === 'found' ? { type: 'phoneFound', phone } : notFound(answer.outcome);
}

async function findBill(
  { carrier, callLog }: Services,
  caller: Caller,
  work: WorkOf<'find-bill'>,
): Promise<WorkOutcome> {
  const phone = phoneMeant(caller, work.phone);
  if (phone === undefined) {
    return { type: 'phoneUnknown' };
  }
  const answer = await carrier.bill(phone);
  await callLog.enquired({ callId: caller.callId, kind: 'bill', outcome: answer.outcome });
  if (answer.outcome !== 'found') {
    return notFound(answer.outcome);
  }
  return answer.due.amountMinor > 0
    ? { type: 'billDue', phone, due: answer.due }
    : { type: 'nothingDue', phone };
}

function notFound(outcome: 'phone-unknown' | 'unknown'): WorkOutcome {
  return { type: outcome === 'phone-unknown' ? 'phoneUnknown' : 'unavailable' };
}

/** How a payment names a caller whose number is not known. */
const withheld = '';

async function pay(
  { takePayment, wallet, onPayment, log }: Services,
  caller: Caller,
  { service, phone, amount, pin, card }: WorkOf<'pay'>,
): Promise<WorkOutcome> {
  const { cardId } = card;
  let bankCard: BankCard;
  try {
    bankCard = await wallet.bankCard(cardId);
  } catch (error) {
    // Nothing has begun, so that is what the caller must hear.
    pin.wipe();
    log.error({ callId: caller.callId, err: error }, 'a card could not be read');
    return { type: 'unavailable' };
  }
  const result = await takePayment({
    callId: caller.callId,
    callerNumber: caller.callerNumber ?? withheld,
    service,
    phone,
    amount,
    cardId,
    card: bankCard,
    pin,
  });
  onPayment(service, result.outcome);
  switch (result.outcome) {
    case 'paid':
      try {
        await wallet.clearWrongPins(cardId);
      } catch (error) {
        // What was paid is paid, and is what the caller must hear.
        log.error({ callId: caller.callId, err: error }, 'wrong PINs could not be forgotten');
      }
      return { type: 'paid', reference: result.reference };
    case 'wrong-pin':
      return afterWrongPin(wallet, cardId, log);
    case 'declined':
      return { type: 'declined', reason: result.reason };
    case 'returning':
      return { type: 'returning', reference: result.reference };
    case 'unresolved':
      return { type: 'unresolved', reference: result.reference };
    case 'unavailable':
      return { type: 'unavailable' };
  }
}

async function findNews({ news }: Services, { callerNumber }: Caller): Promise<readonly PaymentNews[]> {
  return callerNumber === undefined ? [] : news.newsFor(callerNumber);
}

async function newsHeard(
  { news }: Services,
  { callerNumber }: Caller,
  told: readonly PaymentNews[],
): Promise<WorkOutcome> {
  if (callerNumber !== undefined) {
    await news.markHeard(callerNumber, told);
  }
  return { type: 'done' };
}
