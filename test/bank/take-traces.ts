/**
 * A process of its own for the test of trace numbers: takes numbers for one terminal and prints them, one
 * JSON line each. Arguments: database URL, terminal, how many, block size.
 */
import { MysqlTraceNumbers } from '../../src/bank/mysql-trace-numbers.js';
import { systemClock } from '../../src/clock.js';
import { openDatabase } from '../../src/database/database.js';

const [url = '', terminalId = '', count = '0', blockSize = '1'] = process.argv.slice(2);
const database = openDatabase(url, { poolSize: 4 });
const traces = new MysqlTraceNumbers({
  database,
  clock: systemClock,
  stanBlockSize: Number(blockSize),
  rrnBlockSize: Number(blockSize),
});
const lanes = 8;
await Promise.all(
  Array.from({ length: lanes }, async (_, lane) => {
    for (let i = lane; i < Number(count); i += lanes) {
      const { stan, rrn } = await traces.take(terminalId);
      process.stdout.write(`${JSON.stringify({ stan, rrn })}\n`);
    }
  }),
);
await database.destroy();
