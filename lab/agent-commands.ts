import type { AssistedProgress, WorkOutcome } from '../src/dialogue/work.js';

/** What the agent on the line wants, or who is gone. */
type AgentsAnswer = Extract<
  WorkOutcome,
  { type: 'agentAsks' | 'agentCompletes' | 'agentCancels' | 'agentLeft' | 'callerLeft' }
>;

/** Waits for what the agent wants next. */
export type AwaitAgent = (because: AssistedProgress) => Promise<AgentsAnswer>;

/** What an agent can do, as scripts write it, with the key for it in a terminal. */
export const agentCommands = [
  { command: 'agent asks card-number', key: 'n', answer: { type: 'agentAsks', field: 'card-number' } },
  { command: 'agent asks card-pin', key: 'p', answer: { type: 'agentAsks', field: 'card-pin' } },
  { command: 'agent completes', key: 'c', answer: { type: 'agentCompletes' } },
  { command: 'agent cancels', key: 'x', answer: { type: 'agentCancels' } },
  { command: 'agent leaves', key: 'l', answer: { type: 'agentLeft' } },
] as const satisfies readonly {
  readonly command: string;
  readonly key: string;
  readonly answer: AgentsAnswer;
}[];
