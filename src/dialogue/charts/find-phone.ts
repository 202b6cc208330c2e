import type { Money } from '../../money.js';
import { mobilePhone } from '../../phone-number.js';
import { type Base, type Chart, chart } from '../chart.js';
import { says } from '../prompt.js';
import { entry } from '../question.js';
import { saysWhen } from '../said.js';
import { decides, ends, known, leaves, leftEnd, performs, tells } from '../step.js';
import type { Work } from '../work.js';

type Input = {
  /** The phone, when it is known already; undefined: the caller keys its number. */
  readonly phone: string | undefined;
};
type Context = Base &
  Input & {
    readonly refusals: number;
    /** What is to be paid for the phone, or what is left on it, where that was said. */
    readonly amount: Money | undefined;
    readonly nothingDue: boolean;
  };

const refusalsAllowed = 2;

type FindPhone = {
  /** The chart's name: each service that finds a phone has one of its own. */
  readonly name: string;
  /** What is asked about the phone, and how. */
  readonly does: 'quote' | 'ask-phone-balance';
  readonly ask: (phone: string) => Extract<Work, { do: 'quote' | 'ask-phone-balance' }>;
};

/**
 * Makes the chart that finds a phone: asks for its number unless it is known, and asks the phone company about
 * it. Ends as `phoneFound` with what was said of it, or as `finished` if the caller was told why
 * not.
 */
export function findPhone({ name, does, ask }: FindPhone): Chart<Input> {
  return chart<Context, Input>({
    name,
    initial: 'begin',
    context: ({ phone }) => ({ phone, refusals: 0, amount: undefined, nothingDue: false }),
    states: {
      begin: decides([
        { guard: ({ phone }) => phone === undefined, target: 'askPhone' },
        { target: 'finding' },
      ]),
      askPhone: entry({
        before: saysWhen(({ refusals }) => refusals > 0, says('phone.unknown')),
        ask: says('phone.ask'),
        uninterruptible: ({ refusals, tries }) => refusals > 0 && tries.ask === 'first',
        listen: { for: 'digits', length: 11, otherwise: { unlessFirst: '1', max: 15 } },
        digits: {
          guard: (_, { digits }) => mobilePhone(digits) !== undefined,
          keep: (_, { digits }) => ({ phone: mobilePhone(digits) }),
          target: 'finding',
        },
      }),
      finding: performs({
        does: [does],
        work: ({ phone }) => ask(known(phone, 'the phone')),
        on: {
          quoted: { keep: (_, { price }) => ({ amount: price }), target: 'found' },
          balance: { keep: (_, { balance }) => ({ amount: balance }), target: 'found' },
          nothingDue: { keep: () => ({ nothingDue: true }), target: 'found' },
          subjectUnknown: [
            {
              guard: ({ refusals }) => refusals < refusalsAllowed,
              keep: ({ refusals }) => ({ refusals: refusals + 1 }),
              target: 'askPhone',
            },
            { target: 'tellUnknown' },
          ],
          askedTooOften: 'tellTooOften',
          unavailable: 'tellUnavailable',
          fault: 'tellFault',
        },
      }),
      tellUnknown: tells(says('phone.unknown'), leaves('wrong-keys'), 'notice'),
      tellTooOften: tells(says('phone.asked-too-often'), 'told', 'notice'),
      tellUnavailable: tells(says('carrier.unavailable'), 'told', 'notice'),
      tellFault: tells(says('not-possible-now'), 'told', 'notice'),
      found: ends((context) => ({
        type: 'phoneFound',
        phone: known(context.phone, 'the phone'),
        amount: context.amount,
        nothingDue: context.nothingDue,
      })),
      told: ends({ type: 'finished' }),
      left: leftEnd(),
    },
  });
}
