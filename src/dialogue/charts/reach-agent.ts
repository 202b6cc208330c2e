import { type Base, chart } from '../chart.js';
import { says, saysOneOf } from '../prompt.js';
import { ends, leftEnd, performs, tells } from '../step.js';

type Input = {
  /** Whether the caller asked for a person, or is offered one because the keys did not work out. */
  readonly because: 'asked' | 'gave-up';
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
        { asked: says('agents.connecting'), 'gave-up': says('agents.instead') },
        ({ because }: Context) => because,
      ),
      'reaching',
      'notice',
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
