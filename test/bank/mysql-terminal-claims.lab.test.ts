import assert from 'node:assert/strict';
import { MysqlTerminalClaims } from '../../src/bank/mysql-terminal-claims.js';
import { withDatabase } from '../support/database.js';
import { RecordedLog } from '../support/recorded-log.js';

describe('which process speaks for a terminal', () => {
  const test = withDatabase();
  let log = new RecordedLog();
  let incarnations = 0;
  const process = (node: string, ...terminalIds: string[]): MysqlTerminalClaims => {
    incarnations += 1;
    const { database } = test;
    return new MysqlTerminalClaims({ database, terminalIds, node, incarnation: String(incarnations), log });
  };
  /** As if the processes had given no sign of life for so long. */
  const silentFor = async (seconds: number): Promise<void> => {
    await test.admin('bank_terminals').update({
      seen_at: test.admin.raw('seen_at - INTERVAL ? SECOND', [seconds]),
    });
  };

  beforeEach(async () => {
    log = new RecordedLog();
    await test.admin('bank_terminals').truncate();
  });

  it('is refused to a second one, which is told every terminal and who has it', async () => {
    await process('node-1', 'T0000001', 'T0000002', 'T0000003').take();
    await assert.rejects(process('node-2', 'T0000001', 'T0000003', 'T0000009').take(), (error: Error) => {
      assert.match(error.message, /WALLETLINE_BANK_TERMINALS: 2 of its terminals/);
      assert.match(error.message, /T0000001: node-1.*\n.*T0000003: node-1/);
      return true;
    });
    await process('node-3', 'T0000009').take();
  });

  it('passes at once to the next incarnation of the same process', async () => {
    await process('node-1', 'T0000001').take();
    await process('node-1', 'T0000001').take();
  });

  it('passes to another when it was let go, or when its process has been silent for long', async () => {
    const first = process('node-1', 'T0000001');
    await first.take();
    await first.letGo();
    await process('node-2', 'T0000001').take();
    await silentFor(31);
    await process('node-3', 'T0000001').take();
  });

  it('stays with a process that gives signs of life', async () => {
    const first = process('node-1', 'T0000001');
    await first.take();
    await silentFor(29);
    await first.renew();
    await silentFor(29);
    await assert.rejects(process('node-2', 'T0000001').take(), /node-1/);
    assert.deepEqual(log.lines, []);
  });

  it('is said loudly to have two when one comes back that was replaced', async () => {
    const frozen = process('node-1', 'T0000001');
    await frozen.take();
    await silentFor(31);
    await process('node-2', 'T0000001').take();
    await frozen.renew();
    assert.match(log.lines.join('\n'), /^ERROR two processes speak for one terminal/);
  });
});
