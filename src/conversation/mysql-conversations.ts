import { v7 as uuidv7 } from 'uuid';
import type { Clock } from '../clock.js';
import type { Database, Transaction } from '../database/database.js';
import { type Frames, readFrames } from '../dialogue/frames.js';
import type { Conversations, KeptConversation, NewConversation } from './conversations.js';

type State = 'broken' | 'handed-over' | 'gone-on' | 'declined';
type Row = {
  id: string;
  address: string;
  wallet: string | null;
  frames: unknown;
  state: State;
  created_at: Date;
  expires_at: Date;
};

const prunedAtOnce = 1_000;

/** Conversations in MySQL. Whoever takes one changes its state from the one that it was found in, once. */
export class MysqlConversations implements Conversations {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async findBroken(wallet: string): Promise<KeptConversation | undefined> {
    const row = await this.#database<Row>('conversations')
      .where({ wallet })
      .whereNot({ state: 'handed-over' })
      .where('expires_at', '>', this.#clock.now())
      .orderBy([
        { column: 'created_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .first('id', 'frames', 'state');
    const frames = row?.state === 'broken' ? read(row.frames) : undefined;
    return row === undefined || frames === undefined ? undefined : { id: row.id, frames };
  }

  async take(id: string, as: 'gone-on' | 'declined'): Promise<boolean> {
    return this.#take(id, 'broken', as);
  }

  async handOver(conversation: NewConversation): Promise<void> {
    await insertConversation(this.#database, conversation, 'handed-over', this.#clock.now());
  }

  async takeHandedOver(address: string): Promise<Frames | undefined> {
    const row = await this.#database<Row>('conversations')
      .where({ address, state: 'handed-over' satisfies State })
      .where('expires_at', '>', this.#clock.now())
      .orderBy([
        { column: 'created_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .first('id', 'frames');
    if (row === undefined || !(await this.#take(row.id, 'handed-over', 'gone-on'))) {
      return undefined;
    }
    return read(row.frames);
  }

  async prune(): Promise<number> {
    return this.#database('conversations')
      .where('expires_at', '<=', this.#clock.now())
      .limit(prunedAtOnce)
      .delete();
  }

  async #take(id: string, from: State, to: State): Promise<boolean> {
    const taken = await this.#database('conversations')
      .where({ id, state: from })
      .where('expires_at', '>', this.#clock.now())
      .update({ state: to, frames: null });
    return taken === 1;
  }
}

/** Writes down a conversation that was broken off or handed over, also within the transaction that ends its call. */
export async function insertConversation(
  database: Database | Transaction,
  { channel, address, wallet, frames, step, keptMs }: NewConversation,
  state: 'broken' | 'handed-over',
  at: Date,
): Promise<void> {
  await database('conversations').insert({
    ...{ id: uuidv7(), channel, address, wallet: wallet ?? null },
    ...{ frames: JSON.stringify(frames), version: frames.version, step, state },
    created_at: at,
    expires_at: new Date(at.getTime() + keptMs),
  });
}

/** MySQL gives JSON as an object, MariaDB as text. */
function read(frames: unknown): Frames | undefined {
  return readFrames(typeof frames === 'string' ? JSON.parse(frames) : frames);
}
