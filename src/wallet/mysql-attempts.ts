import type { Clock } from '../clock.js';
import type { Database, Transaction } from '../database/database.js';
import { inTransaction } from '../database/transaction.js';
import type { CounterState } from './attempt-counter.js';
import { current, forgiving, roomIn, unused, withCount, withoutPlace, withPlace } from './attempt-counter.js';
import type { AttemptScope, Attempts, Count, Counter, Place, TakeResult } from './attempts.js';

type Row = {
  scope: AttemptScope;
  subject: string;
  epoch: number;
  window_ends_at: Date;
  counted: number;
  pending: number;
  pending_until: Date | null;
};
type Key = Pick<Counter, 'scope' | 'subject'>;

/** Many callers may stand in line for one counter: a deadlock among them is tried again more often than usual. */
const attempts = 10;
/** A counter is kept so long after its window: a settlement may still be on its way. */
const keptMs = 3_600_000;
const prunedAtOnce = 1_000;

/**
 * Counters in MySQL. Each change locks its rows, always in the order of their keys, and is one short
 * transaction: no bank is waited for in it.
 */
export class MysqlAttempts implements Attempts {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async take(counters: readonly Counter[], holdMs: number): Promise<TakeResult> {
    const sorted = inOrder(counters);
    return this.#locked(sorted, async (states, write) => {
      const now = this.#clock.now();
      const places: Place[] = [];
      for (const [index, counter] of sorted.entries()) {
        const state = stateAt(states, index);
        const room = roomIn(state, counter.limit);
        if (room !== 'room') {
          return { outcome: room, counter };
        }
        places.push({ ...counter, epoch: state.epoch, countedBefore: state.counted });
      }
      await write(sorted.map((_, index) => withPlace(stateAt(states, index), now, holdMs)));
      return { outcome: 'taken', places };
    });
  }

  async count(places: readonly Place[], others: readonly Counter[] = []): Promise<readonly Count[]> {
    const sorted = inOrder<Counter | Place>([...places, ...others]);
    return this.#locked(sorted, async (states, write) => {
      const now = this.#clock.now();
      const next = sorted.map((each, index) => {
        const state = stateAt(states, index);
        return withCount('epoch' in each ? withoutPlace(state, each) : state, each, now);
      });
      await write(next);
      return sorted.map(({ scope, subject, limit, windowMs, from }, index) => ({
        ...{ scope, subject, limit, windowMs, from },
        counted: stateAt(next, index).counted,
      }));
    });
  }

  async giveBack(places: readonly Place[], forgiven: readonly AttemptScope[] = []): Promise<void> {
    const sorted = inOrder(places);
    await this.#locked(sorted, async (states, write) => {
      await write(
        sorted.map((place, index) => {
          const state = withoutPlace(stateAt(states, index), place);
          return forgiven.includes(place.scope) ? forgiving(state, place) : state;
        }),
      );
    });
  }

  async counted(counters: readonly Key[]): Promise<readonly number[]> {
    if (counters.length === 0) {
      return [];
    }
    const rows = await rowsOf(this.#database, counters);
    const now = this.#clock.now();
    return counters.map((counter) => {
      const row = rows.find((each) => isSame(each, counter));
      return row === undefined ? 0 : current(toState(row), now).counted;
    });
  }

  async prune(): Promise<number> {
    const before = new Date(this.#clock.now().getTime() - keptMs);
    return this.#database('attempt_counters')
      .where('window_ends_at', '<', before)
      .whereRaw('(pending_until IS NULL OR pending_until < ?)', [before])
      .limit(prunedAtOnce)
      .delete();
  }

  /** Runs `work` on the counters as they are now, with their rows locked, in one transaction. */
  async #locked<T>(
    keys: readonly Key[],
    work: (
      states: readonly CounterState[],
      write: (next: readonly CounterState[]) => Promise<void>,
    ) => Promise<T>,
  ): Promise<T> {
    return inTransaction(
      this.#database,
      async (transaction) => {
        const now = this.#clock.now();
        // Makes what is missing and locks all: a SELECT would lock gaps, in which two could wait for each other.
        await upsert(
          transaction,
          keys,
          keys.map(() => unused(now)),
          ['subject'],
        );
        const rows = await rowsOf(transaction, keys).forUpdate();
        const states = keys.map((key) => {
          const row = rows.find((each) => isSame(each, key));
          if (row === undefined) {
            throw new Error('a counter that was just made cannot be found');
          }
          return current(toState(row), now);
        });
        return work(states, async (next) => upsert(transaction, keys, next, changing));
      },
      { attempts },
    );
  }
}

const changing = ['epoch', 'window_ends_at', 'counted', 'pending', 'pending_until'] as const;

async function upsert(
  transaction: Transaction,
  keys: readonly Key[],
  states: readonly CounterState[],
  merged: readonly string[],
): Promise<void> {
  await transaction('attempt_counters')
    .insert(
      keys.map(({ scope, subject }, index) => ({ scope, subject, ...toColumns(stateAt(states, index)) })),
    )
    .onConflict(['scope', 'subject'])
    .merge([...merged]);
}

function rowsOf(database: Database, keys: readonly Key[]) {
  return database('attempt_counters')
    .where((wanted) => {
      for (const { scope, subject } of keys) {
        void wanted.orWhere({ scope, subject });
      }
    })
    .select<Row[]>('*');
}

function toColumns({ epoch, windowEndsAt, counted, pending, pendingUntil }: CounterState) {
  return { epoch, window_ends_at: windowEndsAt, counted, pending, pending_until: pendingUntil ?? null };
}

function toState(row: Row): CounterState {
  return {
    epoch: row.epoch,
    windowEndsAt: row.window_ends_at,
    counted: row.counted,
    pending: row.pending,
    pendingUntil: row.pending_until ?? undefined,
  };
}

function inOrder<K extends Key>(keys: readonly K[]): readonly K[] {
  return [...keys].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

function nameOf({ scope, subject }: Key): string {
  return `${scope}/${subject}`;
}

function isSame(a: Key, b: Key): boolean {
  return a.scope === b.scope && a.subject === b.subject;
}

function stateAt(states: readonly CounterState[], index: number): CounterState {
  const state = states[index];
  if (state === undefined) {
    throw new Error('there is no such counter');
  }
  return state;
}
