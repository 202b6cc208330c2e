import type { Call } from '../call/call.js';
import type { Answer, Delivery, Listen, Party, Speech } from '../dialogue/line.js';
import type { LiveSession } from './live-session.js';

/**
 * The caller, as the agent's session sees them: how many keys are pressed for what, never which. An agent who
 * ends it unpaid ends the question that is open.
 */
export class WatchedParty implements Party {
  readonly #call: Call;
  readonly #session: LiveSession;
  #field: string | undefined;

  constructor(call: Call, session: LiveSession) {
    this.#call = call;
    this.#session = session;
    call.watchKeys((keyed) => {
      if (this.#field !== undefined) {
        session.keyed(this.#field, keyed);
      }
    });
  }

  async hears(speech: Speech, delivery: Delivery): Promise<'heard' | 'interrupted' | 'hangup'> {
    return this.#call.hears(speech, delivery);
  }

  async answers(speech: Speech, delivery: Delivery, listen: Listen): Promise<Answer> {
    this.#session.enter('with-caller');
    if (this.#isCancelled()) {
      return notWanted(listen);
    }
    this.#field = fieldOf(listen);
    const answer = await this.#call.answers(speech, delivery, listen);
    this.#field = undefined;
    if (!this.#isCancelled() || answer.type === 'hangup') {
      return answer;
    }
    if (answer.type === 'secret') {
      answer.secret.wipe();
    }
    return notWanted(listen);
  }

  /** A method: what is awaited between two calls may change the answer. */
  #isCancelled(): boolean {
    return this.#session.isCancelled;
  }

  /** Nobody watches any more. */
  release(): void {
    this.#call.watchKeys(undefined);
  }
}

/** What a caller keys who does not want to go on: `**` in digit entry, `*` in a menu. */
function notWanted(listen: Listen): Answer {
  return listen.for === 'key' ? { type: 'key', key: '*' } : { type: 'cancel' };
}

/** A menu's keys are choices, and are told as the step that they lead to. */
function fieldOf(listen: Listen): string | undefined {
  switch (listen.for) {
    case 'key':
      return undefined;
    case 'secret':
      return listen.kind;
    case 'digits':
    case 'digits-until-hash':
      return 'digits';
  }
}
