import { type Base, chart } from '../chart.js';
import { says } from '../prompt.js';
import { saysOneOf } from '../said.js';
import { ends, leftEnd, performs, tells } from '../step.js';

type Input = {
  /** The caller asked for a person, is offered one because it did not work out, or has one who waits. */
  readonly because: 'asked' | 'gave-up' | 'awaited';
};
type Context = Base & Input;

/** Hands the caller to a person. Ends as `transferred`, or as `unavailable` once the caller was told. */
export const reachAgent = chart<Context, Input>({
  name: 'reach-agent',
  initial: 'tellConnecting',
  context: ({ because }) => ({ because }),
  states: {
    tellConnecting: tells(
      saysOneOf(
        {
          asked: says('agents.connecting'),
          'gave-up': says('agents.instead'),
          awaited: says('agents.returning'),
        },
        ({ because }: Context) => because,
      ),
      'reaching',
      'remark',
    ),
    reaching: performs({
      does: ['reach-agent'],
      work: () => ({ do: 'reach-agent' }),
      on: { transferred: 'transferred', unavailable: 'tellUnavailable', fault: 'tellUnavailable' },
    }),
    tellUnavailable: tells(says('agents-unavailable'), 'unavailable', 'notice'),
    transferred: ends({ type: 'transferred' }),
    unavailable: ends({ type: 'unavailable' }),
    left: leftEnd(),
  },
});
