import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BankTrace, PurchaseAnswer } from '../../src/bank/bank.js';
import { unionpayProfile } from '../../src/bank/iso8583/profiles/unionpay.js';
import { Iso8583Bank } from '../../src/bank/iso8583-bank.js';
import { usualLineTiming } from '../../src/bank/line-timing.js';
import { SoftwareKeyVault } from '../../src/bank/software-key-vault.js';
import { chinaTime } from '../../src/bank/terminal-time.js';
import { systemClock } from '../../src/clock.js';
import { yuan } from '../../src/money.js';
import { bankCard, contractCards, pinOf } from '../contracts/bank.js';
import { labTerminalMasterKey } from '../simulators/issuer-host/host-keys.js';
import type { JournalEntry } from '../simulators/issuer-host/issuer-books.js';
import { FakeTraceNumbers } from '../support/fake-trace-numbers.js';
import { silentLog } from '../support/silent-log.js';
import { until } from '../support/until.js';

const [card] = contractCards;
const amount = yuan(1);

describe('a bank host that is killed in the middle of 50 payments', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bank-kill-'));
  const journalFile = join(folder, 'journal.jsonl');
  const accountsFile = join(folder, 'accounts.json');
  let host: ChildProcess;
  after(() => {
    host.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  /** Starts the host as a process of its own and returns the ports that it said it listens on. */
  const startHost = async (port: number): Promise<{ port: number; controlUrl: string }> => {
    const main = new URL('../simulators/issuer-host/main.ts', import.meta.url).pathname;
    const files = ['--accounts', accountsFile, '--journal', journalFile];
    const ports = ['--port', String(port), '--control-port', '0'];
    host = spawn(process.execPath, ['--import=tsx', main, ...files, ...ports], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return new Promise((resolve, reject) => {
      host.once('exit', (code) => reject(new Error(`the host ended with ${code ?? 'a signal'}`)));
      host.stdout?.on('data', (text: Buffer) => {
        const found = /^ready 127\.0\.0\.1:(\d+) unionpay control (\S+)/.exec(text.toString());
        if (found !== null) {
          resolve({ port: Number(found[1]), controlUrl: found[2] ?? '' });
        }
      });
    });
  };

  it('comes back to a line that did not storm it, and no approved payment is left standing by mistake', async function () {
    this.timeout(60_000);
    writeFileSync(accountsFile, JSON.stringify({ cards: contractCards }));
    const { port, controlUrl } = await startHost(0);
    const { mac, pinBlockFormat } = unionpayProfile;
    const masterKey = Buffer.from(labTerminalMasterKey, 'hex');
    const bank = new Iso8583Bank({
      ...{
        profile: unionpayProfile,
        clock: systemClock,
        log: silentLog,
        random: Math.random,
        maxInFlight: 64,
      },
      terminals: [
        { terminalId: '00000001', merchantId: '898310041120001', acquirerId: '48110000', ...chinaTime },
      ],
      hosts: [{ host: '127.0.0.1', port }],
      vault: new SoftwareKeyVault({ masterKey, mac, pinBlockFormat, random: randomBytes, lab: true }),
      traces: new FakeTraceNumbers(),
      timing: usualLineTiming,
    });
    bank.start();
    await until(() => bank.available, 'the line is signed in', 10_000);
    const [line] = bank.lines;
    assert.ok(line !== undefined);

    // Every second answer takes a while, so that the kill finds the payments in every stage.
    const order = { match: { kind: 'purchase' }, fault: 'late-answer', delayMs: 60_000, times: 20 };
    await fetch(`${controlUrl}/faults`, { method: 'POST', body: JSON.stringify(order) });
    const payments = Array.from({ length: 50 }, async (_, i) => {
      await new Promise((resolve) => setTimeout(resolve, 4 * i));
      const trace = await bank.nextTrace();
      const answer = await bank.purchase({ trace, card: bankCard(card), pin: pinOf(card.pin), amount });
      return { trace, answer };
    });
    await new Promise((resolve) => setTimeout(resolve, 150));
    host.removeAllListeners('exit');
    host.kill('SIGKILL');
    const done = await Promise.all(payments);

    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const connectsWhileDown = line.counts.connects - 1;
    assert.ok(connectsWhileDown >= 2 && connectsWhileDown <= 6, `${connectsWhileDown} attempts in 3 s`);
    await startHost(port);
    await until(() => bank.available, 'the line is back', 30_000);
    for (const { trace, answer } of done) {
      if (answer.outcome === 'unknown') {
        const request = { original: trace, card: bankCard(card), amount, attempt: 0 };
        assert.equal((await bank.reverse(request)).outcome, 'acknowledged');
      }
    }
    await bank.stop(1_000);
    checkBooks(done, readFileSync(journalFile, 'utf8'));
  });
});

/** Each purchase that the bank approved is one that we know approved, or is reversed: never both, never neither. */
function checkBooks(done: readonly { trace: BankTrace; answer: PurchaseAnswer }[], journal: string): void {
  const entries = journal
    .split('\n')
    .filter(Boolean)
    .map((text) => JSON.parse(text) as JournalEntry);
  const outcomes = new Map<string, number>();
  for (const { trace, answer } of done) {
    outcomes.set(answer.outcome, (outcomes.get(answer.outcome) ?? 0) + 1);
    const of = entries.filter(({ rrn }) => rrn === trace.rrn);
    const approved = of.some(({ event, result }) => event === 'purchase' && result === '00');
    const reversed = of.some(({ event, original }) => event === 'reversal' && original === 'approved');
    assert.equal(approved && !reversed, answer.outcome === 'approved', `${trace.rrn}: ${answer.outcome}`);
    assert.ok(answer.outcome !== 'not-sent' || of.length === 0, 'what was not sent is not in the journal');
  }
  for (const outcome of ['approved', 'unknown', 'not-sent']) {
    assert.ok(
      (outcomes.get(outcome) ?? 0) > 0,
      `no payment came to ${outcome}: the kill was not in the middle`,
    );
  }
}
