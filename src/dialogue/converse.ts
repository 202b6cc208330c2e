/**
 * The driver: it runs a conversation over whoever listens and whoever does the work. It says lines, awaits
 * one answer or one outcome, and hands it to the chart; all that is decided is decided there.
 */
import { type Arrival, dialled, returnsToAgent } from './arrival.js';
import type { DialogueEvent, Ending, Told, Wait } from './chart.js';
import type { ConversationCharts } from './conversation-charts.js';
import type { DriverStep, SpeechPreferences, Turn } from './dialogues.js';
import type { Frames } from './frames.js';
import type { Languages } from './language.js';
import type { Answer, Delivery, Language, Pace, Party, Speech, Utterance } from './line.js';
import type { KnownPrompt } from './prompt.js';
import type { Unfinished } from './unfinished.js';
import { awaitOutcome, type Pause } from './waiting.js';
import { outcomesOf, type Perform, type Work, type WorkOutcome } from './work.js';

/** One step of the path through a conversation. It holds no digit but that of a menu's own choice. */
export type ConversationStep = {
  readonly dialogue: string;
  readonly state: string;
  /**
   * What kind of answer it was: "key 2" for a choice that the menu offers, "other-key", "digits", "secret",
   * "silence", "nomatch", "cancel", "hangup"; the outcome of work; "told" for what was heard.
   */
  readonly answer: string;
};

export type ConversationOutcome = {
  readonly ending: Ending;
  /** The language at the end; undefined when the caller never chose one. */
  readonly language: Language | undefined;
};

export type ConversationOptions = {
  readonly charts: ConversationCharts;
  readonly party: Party;
  readonly perform: Perform;
  /** Digits of the caller's number; undefined when it is withheld. */
  readonly callerPhone: string | undefined;
  /** How the caller came; undefined: they dialled. */
  readonly arrival?: Arrival | undefined;
  /** The language this caller chose before, if any. */
  readonly language?: Language | undefined;
  /** The pace this caller chose before, if any. */
  readonly pace?: Pace | undefined;
  readonly pause: Pause;
  readonly onStep: (step: ConversationStep) => void;
  /** What an earlier call of this caller's left unfinished: it is offered to them. */
  readonly unfinished?: Unfinished | undefined;
  /** Called before each question and each line with where the conversation stands: it can be taken up there. */
  readonly onTurn?: ((frames: Frames, act: 'ask' | 'tell') => void) | undefined;
  /** What broke, and where. The caller has been told what can be said truthfully. */
  readonly onFault: (error: Error, at: { readonly dialogue: string; readonly state: string }) => void;
};

/**
 * Runs a whole conversation, from pick-up to goodbye, and returns how it ended; whoever called hangs up
 * then. Never rejects: what breaks the conversation itself is reported and ends it as `fault`.
 */
export async function converse(options: ConversationOptions): Promise<ConversationOutcome> {
  const { callerPhone, pace, arrival = dialled, unfinished } = options;
  const { dialogues, conversation } = options.charts;
  const language = languageOf(options);
  const driver = new Driver(options, returnsToAgent(arrival) ? 'agent' : 'goodbye');
  return driver.run(() =>
    dialogues.begin(conversation.begin(language, { callerPhone, arrival, unfinished }, pace)),
  );
}

/**
 * Runs the caller's side of a payment that an agent on the line leads: it asks and tells what the agent's
 * commands want (the work `await-agent`). Returns how it ended, as `returned` when the two simply go on
 * talking. Never rejects.
 */
export async function converseAssisted(
  options: Omit<ConversationOptions, 'arrival' | 'unfinished'>,
): Promise<ConversationOutcome> {
  const { callerPhone, pace } = options;
  const { dialogues, assisted } = options.charts;
  const language = languageOf(options);
  const driver = new Driver(options, 'agent');
  return driver.run(() => dialogues.begin(assisted.begin(language, { callerPhone }, pace)));
}

/** The language that was chosen before; nobody needs to choose where there is only one. */
function languageOf({ language, charts }: Omit<ConversationOptions, 'arrival'>): Language | undefined {
  const [only, ...others] = charts.languages;
  return language ?? (others.length === 0 ? only : undefined);
}

/** What comes after an apology: the call ends, or the caller goes to a person. */
export type AfterApology = 'goodbye' | 'agent';

const apologies = {
  goodbye: 'sorry-interrupted',
  agent: 'sorry-interrupted.agent',
} as const satisfies Record<AfterApology, KnownPrompt>;

/**
 * Tells a caller whose conversation cannot go on that it was interrupted and what comes next, in their
 * language or in all of them. Rejects only when the party does.
 */
export async function apologise(
  party: Party,
  preferences: SpeechPreferences,
  languages: Languages,
  next: AfterApology = 'goodbye',
): Promise<void> {
  await party.hears(speech(preferences, [{ prompt: apologies[next] }], languages), toTheEnd);
}

/** What a caller hears when the agent they were to go back to is not there any more. */
type ForNextAgent = Extract<KnownPrompt, 'agents.instead' | 'agents-unavailable'>;

/** Tells a caller, after their conversation, that another agent is looked for. Rejects only when the party does. */
export async function tellOfNextAgent(
  party: Party,
  preferences: SpeechPreferences,
  languages: Languages,
  prompt: ForNextAgent,
): Promise<void> {
  await party.hears(speech(preferences, [{ prompt }], languages), toTheEnd);
}

const toTheEnd: Delivery = { interruptible: false, dropsTypeAhead: false };
/** To the end, and what was keyed before counts for nothing. */
const afresh: Delivery = { interruptible: false, dropsTypeAhead: true };

/**
 * Returns the utterances as one speech. When no language is chosen, what has no language of its own is said in
 * each of them, as much of it together as can be.
 */
function speech(
  { language, pace }: SpeechPreferences,
  utterances: readonly Utterance[],
  languages: Languages,
): Speech {
  if (language !== undefined) {
    return { language, pace, utterances };
  }
  const runs: Utterance[][] = [];
  let open: Utterance[] | undefined;
  for (const utterance of utterances) {
    if (utterance.language !== undefined) {
      runs.push([utterance]);
      open = undefined;
    } else if (open === undefined) {
      open = [utterance];
      runs.push(open);
    } else {
      open.push(utterance);
    }
  }
  const inAll = (run: readonly Utterance[]) =>
    languages.flatMap((each) => run.map((said) => ({ ...said, language: each })));
  return {
    language: languages[0],
    pace,
    utterances: runs.flatMap((run) => (run[0]?.language === undefined ? inAll(run) : run)),
  };
}

type Question = Extract<DriverStep, { act: 'ask' }>;

class Driver {
  readonly #options: ConversationOptions;
  readonly #afterApology: AfterApology;
  #hungUp = false;
  #turn: Turn | undefined;

  constructor(options: ConversationOptions, afterApology: AfterApology) {
    this.#options = options;
    this.#afterApology = afterApology;
  }

  async run(begin: () => Turn): Promise<ConversationOutcome> {
    try {
      const ending = await this.#play(begin());
      return { ending, language: this.#preferences.language };
    } catch (error) {
      this.#report(error);
      await this.#apologise();
      return { ending: 'fault', language: this.#preferences.language };
    }
  }

  async #play(first: Turn): Promise<Ending> {
    for (let turn = first; ; ) {
      this.#turn = turn;
      const { step } = turn;
      if (step.act === 'over') {
        if (step.end.type !== 'over') {
          throw new Error(`a conversation cannot end as ${step.end.type}`);
        }
        return step.end.ending;
      }
      turn = this.#options.charts.dialogues.advance(turn.frames, await this.#take(turn, step));
    }
  }

  async #take(turn: Turn, step: Exclude<DriverStep, { act: 'over' }>): Promise<DialogueEvent> {
    switch (step.act) {
      case 'ask': {
        this.#options.onTurn?.(turn.frames, 'ask');
        const given = await this.#ask(turn, step);
        this.#note(turn, kindOf(given, step.choices));
        return given;
      }
      case 'tell': {
        this.#options.onTurn?.(turn.frames, 'tell');
        const event = await this.#tell(this.#speech(turn.speaks, step.utterances), step.delivery);
        this.#note(turn, event.type);
        return event;
      }
      case 'perform': {
        const event = await this.#perform(turn, step.work, step.wait);
        this.#note(turn, event.type);
        return event;
      }
    }
  }

  /** How the caller is spoken to now; as they chose before until the conversation has begun. */
  get #preferences(): SpeechPreferences {
    const { language, pace } = this.#turn?.preferences ?? this.#options;
    return { language, pace };
  }

  #speech(speaks: SpeechPreferences, utterances: readonly Utterance[]): Speech {
    return speech(speaks, utterances, this.#options.charts.languages);
  }

  async #ask({ speaks }: Turn, { heardFirst, utterances, delivery, listen }: Question): Promise<Answer> {
    if (heardFirst.length > 0) {
      await this.#tell({ ...this.#speech(speaks, heardFirst), isFollowed: true }, afresh);
    }
    if (this.#hungUp) {
      return { type: 'hangup' };
    }
    const answer = await this.#options.party.answers(this.#speech(speaks, utterances), delivery, listen);
    this.#hungUp = answer.type === 'hangup';
    return answer;
  }

  async #tell(said: Speech, delivery: Delivery): Promise<Told | { type: 'hangup' }> {
    if (this.#hungUp) {
      return { type: 'hangup' };
    }
    const heard = await this.#options.party.hears(said, delivery);
    this.#hungUp = heard === 'hangup';
    if (heard === 'interrupted') {
      return { type: 'told', cutShort: true };
    }
    return { type: heard === 'hangup' ? 'hangup' : 'told' };
  }

  /** Has the work done and sees it to its end, whatever the caller does meanwhile. */
  async #perform(turn: Turn, work: Work, wait: Wait): Promise<DialogueEvent> {
    try {
      const outcome = await this.#await(turn, this.#options.perform(work), wait);
      const expected: readonly string[] = outcomesOf[work.do];
      if (!expected.includes(outcome.type)) {
        throw new Error(`the work ${work.do} cannot come to ${outcome.type}`);
      }
      // What is kept belongs to its keeper from now on.
      if (work.do !== 'keep-pin') {
        wipeSecrets(work);
      }
      return outcome;
    } catch (error) {
      wipeSecrets(work);
      this.#report(error);
      return { type: 'fault' };
    }
  }

  async #await({ speaks }: Turn, outcome: Promise<WorkOutcome>, wait: Wait): Promise<WorkOutcome> {
    if (wait === 'in-silence') {
      return outcome;
    }
    return awaitOutcome({
      outcome,
      pause: this.#options.pause,
      atOnce: wait === 'says-so-at-once',
      // A party that breaks while work is done is reported; the work's outcome counts all the same.
      say: async (prompt) => {
        try {
          return (await this.#tell(this.#speech(speaks, [{ prompt }]), toTheEnd)).type === 'told';
        } catch (error) {
          this.#report(error);
          return false;
        }
      },
    });
  }

  async #apologise(): Promise<void> {
    if (this.#hungUp) {
      return;
    }
    try {
      await apologise(
        this.#options.party,
        this.#preferences,
        this.#options.charts.languages,
        this.#afterApology,
      );
    } catch (error) {
      this.#report(error);
    }
  }

  #note({ at }: Turn, answer: string): void {
    this.#options.onStep({ ...at, answer });
  }

  #report(error: unknown): void {
    const at = this.#turn?.at ?? { dialogue: 'conversation', state: 'begin' };
    // What was thrown may be anything, a secret too: only an Error is known to hold none.
    const fault = error instanceof Error ? error : new Error('something that is not an Error was thrown');
    this.#options.onFault(fault, at);
  }
}

/** Returns what kind of answer it was. A key that the menu does not offer may be part of anything. */
function kindOf(answer: Answer, choices: readonly string[]): string {
  if (answer.type !== 'key') {
    return answer.type;
  }
  return choices.includes(answer.key) ? `key ${answer.key}` : 'other-key';
}

/** A secret that the work did not use, because it failed before, must not stay in memory. */
function wipeSecrets(work: Work): void {
  if (work.do === 'ask-card-balance' || work.do === 'pay' || work.do === 'keep-pin') {
    work.pin.wipe();
  } else if (work.do === 'check-card-number') {
    work.number.wipe();
  }
}
