import type { Frame } from './chart.js';
import type { Utterance } from './line.js';

/** What an earlier call of this caller's left unfinished, as it is offered to them. */
export type Unfinished = {
  /** Names it to whoever keeps it. */
  readonly id: string;
  /** What going on is called in the offer: the label of a choice. */
  readonly label: readonly Utterance[];
  /** The id of the service. */
  readonly service: string;
  /** Where the service's chart stood, and the charts that it had entered. */
  readonly stack: readonly Frame[];
};
