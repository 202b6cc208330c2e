/**
 * The vocabulary between a dialogue and whoever speaks and listens for it: a phone call, a terminal, a
 * test. Nothing here knows how a prompt sounds or how a key arrives.
 */
import type { Money } from '../money.js';
import type { Secret } from '../secret.js';

/**
 * The code of a language that everything can be said in. Which there are, a dialogue is told: codes from outside
 * are checked against the list where they come in.
 */
export type Language = string;

/** How fast a caller is spoken to. */
export type Pace = 'normal' | 'slow';

/** Name of a prompt in prompts/<language>, e.g. "order.ask-code". */
export type PromptName = string;

/** A time of day where the service is: hours count from 0 to 23. */
export type TimeOfDay = { readonly hour: number; readonly minute: number };

/** A value that a language's grammar puts into words. */
export type SpokenValue =
  | { readonly as: 'money'; readonly money: Money }
  | { readonly as: 'number'; readonly number: number }
  /** A phone number, spoken in groups; `own`: it is the caller's, and spoken as "this phone". */
  | { readonly as: 'phone'; readonly digits: string; readonly own?: boolean | undefined }
  /** The last four digits of a card. */
  | { readonly as: 'card-ending'; readonly digits: string }
  /** The last six digits of a payment's reference. */
  | { readonly as: 'reference'; readonly digits: string }
  /** A day: months and days count from 1; the year is said when it is given. */
  | { readonly as: 'date'; readonly year?: number | undefined; readonly month: number; readonly day: number }
  /** A time of day: hours count from 0 to 23. */
  | ({ readonly as: 'time' } & TimeOfDay)
  /**
   * A name of somebody or of a shop, recorded ahead of the call. While it is not, the prompt is said as its
   * variant "/unnamed", which does without it.
   */
  | { readonly as: 'name'; readonly text: string };

/** One prompt with what fills its placeholders; `language` overrides the conversation's own. */
export type Utterance = {
  readonly prompt: PromptName;
  readonly values?: Readonly<Record<string, SpokenValue>> | undefined;
  readonly language?: Language | undefined;
  /**
   * The prompt is the label of a choice that this key makes. Each channel says so in its own way: a voice
   * adds "press 2".
   */
  readonly key?: string | undefined;
};

/**
 * Several prompts said one after the other, in one language but where an utterance says otherwise; at the
 * normal pace where none is named.
 */
export type Speech = {
  readonly language: Language;
  readonly pace?: Pace | undefined;
  readonly utterances: readonly Utterance[];
  /** True: another line follows at once, so that this one ends with the pause after a sentence. */
  readonly isFollowed?: boolean | undefined;
};

/** What a caller may do after hearing a line. */
export type Listen =
  /** One key of a menu: any of 0-9, * and #. It ends at once. */
  | { readonly for: 'key' }
  /** Digits of a fixed length: ends at once on the last one. `*` starts again, `**` cancels. */
  | { readonly for: 'digits'; readonly length: number; readonly otherwise?: OtherDigits }
  /** Digits up to `max`, ended by `#`. `*` starts again, `**` cancels. */
  | ({ readonly for: 'digits-until-hash'; readonly max: number } & Pauses)
  /** A secret: keys typed ahead are dropped; the digits never leave the collector but as a Secret. */
  | { readonly for: 'secret'; readonly kind: 'card-pin'; readonly length: number }
  | ({
      readonly for: 'secret';
      readonly kind: 'card-number';
      readonly min: number;
      readonly max: number;
    } & Pauses);

/**
 * A number of fixed length that people also key in longer spellings, which begin otherwise (a landline, a country code):
 * such an answer goes on to `#` or a pause, and is taken whole. Ended at the fixed length, it would be another number,
 * and its last digits would answer the next question unheard.
 */
type OtherDigits = { readonly unlessFirst: string; readonly max: number };

/** What pauses mean in an answer that `#` ends. */
type Pauses = {
  /**
   * True: when no further key comes in time, what was keyed is the answer if it fits (VoiceXML termtimeout).
   * Only for what is read back or checked before it counts.
   */
  readonly endsInSilence?: boolean;
  /** True: it stands in groups on what the caller reads from, so the pause between digits may be longer. */
  readonly keyedInGroups?: boolean;
};

/** What a caller did. */
export type Answer =
  /** One key of a menu. */
  | { readonly type: 'key'; readonly key: string }
  | { readonly type: 'digits'; readonly digits: string }
  | { readonly type: 'secret'; readonly secret: Secret }
  /** Nothing was keyed in time (VoiceXML noinput). */
  | { readonly type: 'silence' }
  /** Keys that do not fit: too short when `#` or the time-out came, or too long (VoiceXML nomatch). */
  | { readonly type: 'nomatch' }
  /** `**` in digit entry. */
  | { readonly type: 'cancel' }
  | { readonly type: 'hangup' };

/** How a line is said. */
export type Delivery = {
  /**
   * False: the line is heard to its end whatever is keyed (amounts, results of money, errors). True: any key
   * cuts it short and waits for what follows, but a `#` that ends no answer is used up by the line it cuts.
   */
  readonly interruptible: boolean;
  /** True: keys typed before the line are dropped (before a PIN and before money is confirmed). */
  readonly dropsTypeAhead: boolean;
};

/** Whoever a dialogue talks with. A phone call is one; a terminal and a scripted test are others. */
export interface Party {
  /** Says it all; resolves when it was heard to its end, cut short by a key, or the party hung up. */
  hears(speech: Speech, delivery: Delivery): Promise<'heard' | 'interrupted' | 'hangup'>;
  /**
   * Says it and listens. The first-digit timer starts when the speech ends. Resolves with exactly one
   * answer; never rejects because of what the party does.
   */
  answers(speech: Speech, delivery: Delivery, listen: Listen): Promise<Answer>;
}
