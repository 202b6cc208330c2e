import { type Base, chart, type End } from '../chart.js';
import { says } from '../prompt.js';
import { entry } from '../question.js';
import { asNumber, saysWhen } from '../said.js';
import { ends, known, leftEnd, performs, secretOf } from '../step.js';
import type { CardChoice, Work } from '../work.js';

type NeedsPin = 'ask-card-balance' | 'pay';
type WithoutPin<W> = W extends { readonly do: NeedsPin } ? Omit<W, 'pin' | 'card'> : never;
type Input = {
  readonly card: CardChoice;
  /** The work to be done with the card, once its PIN is keyed. */
  readonly work: WithoutPin<Work>;
};
type Context = Base & {
  readonly card: CardChoice;
  readonly work: WithoutPin<Work>;
  readonly wrongPins: number;
  readonly triesLeft: number;
  readonly outcome: End | undefined;
};

/** Whatever the wallet counts, one conversation asks for a PIN this often. */
const pinsAsked = 3;
const keepOutcome = (_: Context, outcome: End) => ({ outcome });
const done = { keep: keepOutcome, target: 'done' };

/**
 * Asks for the card's PIN and has the work done with it; a wrong PIN is asked for again while there are
 * tries left. Ends as the work ends. The PIN is in no context: it goes from the answer into the work.
 */
export const enterPin = chart<Context, Input>({
  name: 'enter-pin',
  initial: 'askPin',
  context: ({ card, work }) => ({ card, work, wrongPins: 0, triesLeft: pinsAsked, outcome: undefined }),
  states: {
    askPin: entry({
      before: saysWhen(
        ({ wrongPins }) => wrongPins > 0,
        says('pin.wrong', ({ triesLeft }) => ({ tries: asNumber(triesLeft) })),
      ),
      ask: says('pin.ask'),
      listen: { for: 'secret', kind: 'card-pin', length: 6 },
      uninterruptible: ({ wrongPins, tries }) => wrongPins > 0 && tries.ask === 'first',
      dropsTypeAhead: true,
      secret: 'working',
    }),
    working: performs({
      does: ['ask-card-balance', 'pay'],
      work: ({ card, work }, answer) => ({ ...work, card, pin: secretOf(answer) }),
      wait: 'says-so-at-once',
      on: {
        wrongPin: [
          {
            guard: ({ wrongPins }, { triesLeft }) => triesLeft > 0 && wrongPins + 1 < pinsAsked,
            keep: ({ wrongPins }, { triesLeft }) => ({ wrongPins: wrongPins + 1, triesLeft }),
            target: 'askPin',
          },
          { target: 'locked' },
        ],
        balance: done,
        paid: done,
        declined: done,
        returning: done,
        unresolved: done,
        unavailable: done,
        orderClosed: done,
        fault: done,
      },
    }),
    done: ends(({ outcome }) => known(outcome, 'the outcome')),
    locked: ends({ type: 'pinLocked' }),
    left: leftEnd(),
  },
});
