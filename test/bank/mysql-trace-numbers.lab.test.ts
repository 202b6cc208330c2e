import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { MysqlTraceNumbers } from '../../src/bank/mysql-trace-numbers.js';
import type { Clock } from '../../src/clock.js';
import { withDatabase } from '../support/database.js';

describe('trace numbers from MySQL', () => {
  const test = withDatabase();
  let now = new Date('2026-11-23T04:00:00Z');
  const clock: Clock = { now: () => now, monotonicMs: () => 0 };
  const numbers = (stanBlockSize = 10) =>
    new MysqlTraceNumbers({ database: test.database, clock, stanBlockSize, rrnBlockSize: 10 });
  const take = async (from: MysqlTraceNumbers, terminal: string, count: number): Promise<number[]> => {
    const stans: number[] = [];
    for (let i = 0; i < count; i += 1) {
      stans.push((await from.take(terminal)).stan);
    }
    return stans;
  };
  const setDay = (day: string) => {
    now = new Date(`${day}T04:00:00Z`);
  };
  beforeEach(async () => {
    setDay('2026-11-23');
    await test.admin('bank_trace_blocks').truncate();
  });

  it('counts from 1, each terminal by itself, with an RRN of 12 digits that all share', async () => {
    const traces = numbers();
    assert.deepEqual(await traces.take('T0000001'), {
      terminalId: 'T0000001',
      stan: 1,
      rrn: '000000000001',
      transmittedAt: now,
    });
    const other = await traces.take('T0000002');
    assert.equal(other.stan, 1);
    assert.equal(other.rrn, '000000000002');
  });

  it('gives many who ask at once different numbers, with one commit a block', async () => {
    const traces = numbers(100);
    await traces.take('T0000001');
    const commits = test.commits;
    const all = await Promise.all(Array.from({ length: 90 }, () => traces.take('T0000001')));
    assert.equal(new Set(all.map(({ stan }) => stan)).size, 90);
    assert.equal(new Set(all.map(({ rrn }) => rrn)).size, 90);
    assert.equal(test.commits - commits, 9, 'nine blocks of ten RRNs, none of STANs');
  });

  it('goes on behind the last block after a restart', async () => {
    assert.deepEqual(await take(numbers(), 'T0000001', 3), [1, 2, 3]);
    assert.deepEqual(await take(numbers(), 'T0000001', 3), [11, 12, 13]);
  });

  it('wraps from 999999 to 1', async () => {
    await test.admin('bank_trace_blocks').insert({
      series: 'stan/T0000001',
      business_day: '20261122',
      first_number: 999_990,
      taken: 7,
    });
    assert.deepEqual(await take(numbers(), 'T0000001', 5), [999_997, 999_998, 999_999, 1, 2]);
  });

  it('begins a new day where the day before ended, and throws the rest of its block away', async () => {
    const traces = numbers();
    assert.deepEqual(await take(traces, 'T0000001', 3), [1, 2, 3]);
    setDay('2026-11-24');
    assert.deepEqual(await take(traces, 'T0000001', 2), [11, 12]);
  });

  it('repeats nothing when the clock steps back over midnight and forward again', async () => {
    const traces = numbers(4);
    const seen = new Map<string, Set<number>>();
    for (const day of ['2026-11-23', '2026-11-24', '2026-11-23', '2026-11-24', '2026-11-23']) {
      setDay(day);
      for (const stan of await take(traces, 'T0000001', 7)) {
        const ofDay = seen.get(day) ?? new Set();
        assert.ok(!ofDay.has(stan), `${stan} twice on ${day}`);
        seen.set(day, ofDay.add(stan));
      }
    }
  });

  it('gives the last number of a day and then refuses to repeat one', async () => {
    await test.admin('bank_trace_blocks').insert({
      series: 'stan/T0000001',
      business_day: '20261123',
      first_number: 5,
      taken: 999_997,
    });
    const traces = numbers();
    assert.deepEqual(await take(traces, 'T0000001', 2), [3, 4]);
    await assert.rejects(traces.take('T0000001'), /all numbers .* are used/);
    setDay('2026-11-24');
    assert.deepEqual(await take(traces, 'T0000001', 1), [5]);
  });

  it('gives two processes different numbers though both begin the same new day', async function () {
    this.timeout(60_000);
    const script = new URL('take-traces.ts', import.meta.url).pathname;
    const run = async (): Promise<{ stan: number; rrn: string }[]> => {
      const child = spawn(process.execPath, ['--import=tsx', script, test.url, 'T0000001', '400', '3'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let text = '';
      for await (const chunk of child.stdout) {
        text += String(chunk);
      }
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as { stan: number; rrn: string });
    };
    const all = (await Promise.all([run(), run()])).flat();
    assert.equal(all.length, 800);
    assert.equal(new Set(all.map(({ stan }) => stan)).size, 800);
    assert.equal(new Set(all.map(({ rrn }) => rrn)).size, 800);
  });

  describe('after a restore, with the SQL of docs/operations.md', () => {
    const document = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    const sql = /<!-- begin trace numbers -->\n```sql\n([^`]+)```/.exec(document)?.[1] ?? '';
    const leap = async (): Promise<void> => {
      await test.admin.transaction(async (session) => {
        for (const statement of sql.split(';\n').filter((text) => text.trim() !== '')) {
          await session.raw(statement);
        }
      });
    };
    const taken = async (from: MysqlTraceNumbers, count: number) => {
      const traces = [];
      for (let i = 0; i < count; i += 1) {
        traces.push(await from.take('T0000001'), await from.take('T0000002'));
      }
      return traces.map(({ terminalId, stan, rrn }) => ({ trace: `${terminalId}/${stan}`, rrn }));
    };
    const rows = async () => test.admin('bank_trace_blocks').select('*');
    /** Puts the table back as it was. */
    const restore = async (backup: Awaited<ReturnType<typeof rows>>): Promise<void> => {
      await test.admin('bank_trace_blocks').truncate();
      await test.admin('bank_trace_blocks').insert(backup);
    };

    for (const [when, daysAgo] of [
      ['of the same day', 0],
      ['of the day before', 1],
    ] as const) {
      it(`repeats no number of a backup ${when}, which without it would come again`, async () => {
        // The SQL looks at the real day.
        now = new Date();
        const today = now;
        now = new Date(today.getTime() - daysAgo * 86_400_000);
        await taken(numbers(), 3);
        const backup = await rows();
        now = today;
        const lost = await taken(numbers(), 25);
        await restore(backup);
        const without = await taken(numbers(), 25);
        assert.ok(without.some(({ rrn }) => lost.some((each) => each.rrn === rrn)));
        await restore(backup);
        await leap();
        const after = await taken(numbers(), 25);
        const before = new Set(lost.flatMap(({ trace, rrn }) => [trace, rrn]));
        assert.ok(after.every(({ trace, rrn }) => !before.has(trace) && !before.has(rrn)));
        assert.ok(after.every(({ rrn }) => Number(rrn) > 1_000_000));
        assert.equal(new Set(after.map(({ trace }) => trace)).size, after.length);
      });
    }
  });
});
