import { type Base, chart, type End } from '../chart.js';
import { asPhone, says, saysOneOf, saysWhen } from '../prompt.js';
import { entry, menu } from '../question.js';
import { decides, ends, known, leaves, leftEnd, performs, tells } from '../step.js';

/** What is to be found out about a phone. */
type Purpose = 'recharge' | 'bill' | 'balance';
type Input = {
  readonly purpose: Purpose;
  /** Undefined: withheld, so that there is no "this phone". */
  readonly callerPhone: string | undefined;
};
type Context = Base &
  Input & {
    /** Undefined: the phone that is calling. */
    readonly phone: string | undefined;
    readonly refusals: number;
    readonly found: End | undefined;
  };

const refusalsAllowed = 2;
const works = { recharge: 'find-phone', bill: 'find-bill', balance: 'phone-balance' } as const;
const found = { keep: (_: Context, outcome: End) => ({ found: outcome }), target: 'found' };

/**
 * Which phone it is for, and what the phone company says of it. Ends with that, with `orderWanted` by who
 * would rather pay an order, or `finished` if told.
 */
export const findTarget = chart<Context, Input>({
  name: 'find-target',
  initial: 'begin',
  context: ({ purpose, callerPhone }) => ({
    purpose,
    callerPhone,
    phone: undefined,
    refusals: 0,
    found: undefined,
  }),
  states: {
    begin: decides([
      {
        guard: ({ callerPhone, purpose }) => callerPhone === undefined && purpose === 'bill',
        target: 'askWhich',
      },
      { guard: ({ callerPhone }) => callerPhone === undefined, target: 'askPhone' },
      { guard: ({ purpose }) => purpose === 'balance', target: 'finding' },
      { target: 'askWhose' },
    ]),
    askWhose: menu({
      ask: saysOneOf(
        { recharge: says('recharge.ask-whose'), bill: says('bill.ask-whose') },
        ({ purpose }: Context) => (purpose === 'bill' ? 'bill' : 'recharge'),
      ),
      keys: {
        '1': { target: 'finding' },
        '2': { target: 'askPhone' },
        '3': { guard: ({ purpose }) => purpose === 'bill', target: 'orderWanted' },
      },
    }),
    askWhich: menu({
      ask: says('bill.ask-which'),
      keys: { '1': { target: 'askPhone' }, '2': { target: 'orderWanted' } },
    }),
    askPhone: entry({
      before: saysWhen(({ refusals }) => refusals > 0, says('phone.unknown')),
      ask: says('phone.ask'),
      uninterruptible: ({ refusals, tries }) => refusals > 0 && tries.ask === 'first',
      listen: { for: 'digits', length: 11 },
      digits: { keep: (_, { digits }) => ({ phone: digits }), target: 'finding' },
    }),
    finding: performs({
      does: ['find-phone', 'find-bill', 'phone-balance'],
      work: ({ purpose, phone }) => ({ do: works[purpose], phone }),
      on: {
        phoneFound: found,
        billDue: found,
        balance: found,
        nothingDue: { keep: (_, { phone }) => ({ phone }), target: 'tellNothingDue' },
        phoneUnknown: [
          {
            guard: ({ refusals }) => refusals < refusalsAllowed,
            keep: ({ refusals }) => ({ refusals: refusals + 1 }),
            target: 'askPhone',
          },
          { target: 'tellUnknown' },
        ],
        unavailable: 'tellUnavailable',
        fault: 'tellFault',
      },
    }),
    tellUnknown: tells(says('phone.unknown'), leaves('wrong-keys'), 'notice'),
    tellNothingDue: tells(
      says('bill.nothing-due', ({ phone, callerPhone }) => ({
        phone: asPhone(known(phone, 'the phone'), callerPhone),
      })),
      'told',
      'notice',
    ),
    tellUnavailable: tells(says('carrier.unavailable'), 'told', 'notice'),
    tellFault: tells(says('not-possible-now'), 'told', 'notice'),
    found: ends((context) => known(context.found, 'what was found')),
    orderWanted: ends({ type: 'orderWanted' }),
    told: ends({ type: 'finished' }),
    left: leftEnd(),
  },
});
