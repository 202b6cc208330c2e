import type { AgentLine } from '../call/call.js';
import type { Language, Speech, Utterance } from '../dialogue/line.js';
import { type KnownPrompt, says } from '../dialogue/prompt.js';
import { asMoney, asReference } from '../dialogue/said.js';
import type { Currency } from '../money.js';
import { money } from '../money.js';
import type { SessionResult } from './payment-sessions.js';

const spoken = {
  paid: 'agent.paid',
  declined: 'agent.not-paid',
  returning: 'agent.not-paid',
  unavailable: 'agent.not-paid',
  'not-paid': 'agent.not-paid',
  unresolved: 'agent.not-known',
  interrupted: 'agent.not-known',
  'caller-gone': 'agent.caller-gone',
} as const satisfies Record<SessionResult['outcome'], KnownPrompt>;

/** What agents hear of their callers, in the one language of their call centre. */
export class AgentVoice {
  readonly #language: Language;

  constructor(language: Language) {
    this.#language = language;
  }

  /** How the payment came out. */
  async tellResult(line: AgentLine, result: SessionResult): Promise<void> {
    await line.hears(this.#speech(...outcomeOf(result)));
  }

  /** That the caller is there at the next moment. */
  async tellCallerIsBack(line: AgentLine): Promise<void> {
    await line.hears(this.#speech({ prompt: 'agent.connecting-caller' satisfies KnownPrompt }));
  }

  async tellCallerGone(line: AgentLine): Promise<void> {
    await line.hears(this.#speech({ prompt: 'agent.caller-gone' satisfies KnownPrompt }));
  }

  #speech(...utterances: readonly Utterance[]): Speech {
    return { language: this.#language, utterances };
  }
}

function outcomeOf({ outcome, amountMinor, currency, reference }: SessionResult): readonly Utterance[] {
  if (outcome !== 'paid' || amountMinor === undefined || reference === undefined) {
    return [{ prompt: spoken[outcome] }];
  }
  const amount = asMoney(money(amountMinor, currency as Currency));
  return says(spoken.paid, () => ({ amount, reference: asReference(reference) })).of(undefined);
}
