/**
 * The work that dialogues ask for and the facts they hear back. A dialogue knows nothing of banks,
 * carriers or stores: whoever runs it supplies a `Perform`.
 */
import type { DeclineReason } from '../decline-reason.js';
import type { Money } from '../money.js';
import type { Secret } from '../secret.js';
import type { Language, Pace, TimeOfDay, Utterance } from './line.js';
import type { Details, Purchase } from './purchase.js';

/** A card as a dialogue may know it: an opaque id, and the digits a caller may hear. */
export type CardChoice = {
  readonly cardId: string;
  readonly lastFour: string;
  /** True: too many wrong PINs lately. The caller is told before keying anything for this card. */
  readonly locked?: boolean | undefined;
};

/** What was prepared for the caller to pay. */
export type OrderToPay = Purchase & { readonly orderId: string };

/** One thing that a provider has on sale. `label` names the prompt that says what it is. */
export type OfferedItem = { readonly id: string; readonly label: string; readonly price?: Money | undefined };

/** What a dialogue may ask to be done. */
export type Work =
  | { readonly do: 'remember-language'; readonly language: Language }
  | { readonly do: 'remember-pace'; readonly pace: Pace }
  /** Which cards may this caller use, and can the bank be reached at all? */
  | { readonly do: 'find-cards' }
  /** Is this keyed number a card that may be used? */
  | { readonly do: 'check-card-number'; readonly number: Secret }
  | {
      readonly do: 'ask-card-balance';
      readonly service: string;
      readonly card: CardChoice;
      readonly pin: Secret;
    }
  /** What does the service's provider say of this: is it known, and what is to be paid for it? */
  | { readonly do: 'quote'; readonly service: string; readonly details: Details }
  /** What does the service's provider have on sale? */
  | { readonly do: 'list'; readonly service: string }
  /** What is left on this phone? */
  | { readonly do: 'ask-phone-balance'; readonly service: string; readonly phone: string }
  | {
      readonly do: 'pay';
      readonly purchase: Purchase;
      readonly card: CardChoice;
      readonly pin: Secret;
    }
  /** Did this caller, or this card, pay the same a short while ago, or is that being paid still? */
  | { readonly do: 'find-earlier'; readonly purchase: Purchase; readonly card: CardChoice }
  /** What is to be paid under this code; undefined: what was prepared for this call. */
  | { readonly do: 'find-order'; readonly code?: string | undefined }
  /**
   * Waits for what the agent, who is on the line, wants next; also ends when the caller or the agent is gone.
   * `because` is what has just happened, for the agent to see.
   */
  | { readonly do: 'await-agent'; readonly because: AssistedProgress }
  /** Keeps a PIN for the agent's word; the one kept before is wiped. It lives for two minutes at most. */
  | { readonly do: 'keep-pin'; readonly card: CardChoice; readonly pin: Secret }
  /** Pays the order with the PIN that is kept, which is used up. */
  | { readonly do: 'pay-kept'; readonly order: OrderToPay; readonly card: CardChoice }
  /** What became of payments of this caller that were not known yet when they last hung up? */
  | { readonly do: 'find-news' }
  /** The caller has heard this news to its end. Whether it need not be told again depends on what they prove. */
  | { readonly do: 'news-heard'; readonly references: readonly string[] }
  /** Takes what an earlier call left unfinished, once: to go on with it, or so that it is not offered again. */
  | { readonly do: 'take-unfinished'; readonly id: string; readonly goesOn: boolean }
  /** Hands the caller to a person. They were told to hold; this conversation is over when it succeeds. */
  | { readonly do: 'reach-agent' };

/** How far an assisted payment is, as the agent sees it. */
export type AssistedProgress =
  | 'began'
  | 'card-kept'
  | 'card-refused'
  | 'pin-kept'
  | 'pin-wrong'
  /** There is no PIN to pay with: none was keyed for this card, or it was kept too long. */
  | 'pin-missing'
  | 'not-confirmed'
  | 'no-answer';

/** One payment whose outcome the caller has not heard yet. */
export type PaymentNews = {
  /** How the service says that it went through. */
  readonly wentThrough: readonly Utterance[];
  readonly amount: Money;
  readonly outcome: 'paid' | 'returned' | 'being-returned' | 'not-known-yet';
  readonly reference: string;
};

/** Why an order cannot be paid. */
export type OrderClosed = 'unknown' | 'paid' | 'being-paid' | 'cancelled' | 'expired';

/** What work comes to. Each is an event that a chart handles; none carries a secret. */
export type WorkOutcome =
  | { readonly type: 'done' }
  | { readonly type: 'cardsFound'; readonly cards: readonly CardChoice[] }
  | { readonly type: 'cardAccepted'; readonly card: CardChoice }
  | { readonly type: 'cardRefused' }
  | { readonly type: 'balance'; readonly balance: Money }
  /** `price`: what is to be paid for it, where its provider says so. */
  | { readonly type: 'quoted'; readonly price?: Money | undefined }
  /** The provider does not know whom or what it is for. */
  | { readonly type: 'subjectUnknown' }
  /** Not asked: this caller, or others about this phone, have asked too often lately. */
  | { readonly type: 'askedTooOften' }
  | { readonly type: 'nothingDue' }
  | { readonly type: 'listed'; readonly items: readonly OfferedItem[] }
  | { readonly type: 'paid'; readonly reference: string }
  /** Not paid, nothing was taken. */
  | { readonly type: 'declined'; readonly reason: DeclineReason }
  | { readonly type: 'wrongPin'; readonly triesLeft: number }
  /** Not paid; the bank had taken the money and is giving it back. */
  | { readonly type: 'returning'; readonly reference: string }
  /** Not known yet: the caller will be told. */
  | { readonly type: 'unresolved'; readonly reference: string }
  /** It could not be done now, and nothing was taken: the bank or the carrier cannot be reached. */
  | { readonly type: 'unavailable' }
  | { readonly type: 'news'; readonly news: readonly PaymentNews[] }
  /** The same was begun at that time of day, and has not failed. */
  | { readonly type: 'earlierFound'; readonly at: TimeOfDay }
  | { readonly type: 'noEarlier' }
  | { readonly type: 'orderFound'; readonly order: OrderToPay }
  /** There is nothing to pay under it. */
  | { readonly type: 'orderClosed'; readonly why: OrderClosed }
  /** The agent wants the caller to key the number of a card, or its PIN. */
  | { readonly type: 'agentAsks'; readonly field: 'card-number' | 'card-pin' }
  | { readonly type: 'agentCompletes' }
  | { readonly type: 'agentCancels' }
  /** The caller hung up while the agent was awaited. */
  | { readonly type: 'callerLeft' }
  | { readonly type: 'agentLeft' }
  /** There is no PIN to pay with: none was kept, or it was kept too long. */
  | { readonly type: 'pinMissing' }
  /** The caller is with an agent now. */
  | { readonly type: 'transferred' };

/** What each work can come to. A chart that asks for the work must handle every one of them. */
export const outcomesOf = {
  'remember-language': ['done', 'unavailable'],
  'remember-pace': ['done', 'unavailable'],
  'find-cards': ['cardsFound', 'unavailable'],
  'check-card-number': ['cardAccepted', 'cardRefused', 'unavailable'],
  'ask-card-balance': ['balance', 'declined', 'wrongPin', 'unavailable'],
  quote: ['quoted', 'nothingDue', 'subjectUnknown', 'askedTooOften', 'unavailable'],
  list: ['listed', 'unavailable'],
  'ask-phone-balance': ['balance', 'subjectUnknown', 'askedTooOften', 'unavailable'],
  pay: ['paid', 'declined', 'wrongPin', 'returning', 'unresolved', 'unavailable', 'orderClosed'],
  'find-earlier': ['earlierFound', 'noEarlier', 'unavailable'],
  'find-order': ['orderFound', 'orderClosed', 'unavailable'],
  'await-agent': ['agentAsks', 'agentCompletes', 'agentCancels', 'callerLeft', 'agentLeft'],
  'keep-pin': ['done'],
  'pay-kept': [
    'paid',
    'declined',
    'wrongPin',
    'returning',
    'unresolved',
    'unavailable',
    'orderClosed',
    'pinMissing',
  ],
  'find-news': ['news', 'unavailable'],
  'news-heard': ['done', 'unavailable'],
  /** `unavailable`: another call has taken it, or nobody knows. */
  'take-unfinished': ['done', 'unavailable'],
  'reach-agent': ['transferred', 'unavailable'],
} as const satisfies Record<Work['do'], readonly WorkOutcome['type'][]>;

/** Does the work. Never rejects for an expected outcome; a rejection is a fault and becomes `fault`. */
export type Perform = (work: Work) => Promise<WorkOutcome>;
