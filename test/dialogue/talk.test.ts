import assert from 'node:assert/strict';
import { runTalk } from '../../lab/talk.js';

async function talk(args: readonly string[], script: readonly string[]) {
  let written = '';
  const exitCode = await runTalk({
    args,
    script,
    write: (text) => {
      written += text;
    },
    openRunning: () => Promise.reject(new Error('nothing is running in a unit test')),
  });
  return { exitCode, written };
}

describe('npm run talk', () => {
  it('reads aloud what a caller would hear, with values in words', async () => {
    const { exitCode, written } = await talk(
      ['--caller', '13800138000', '--offline'],
      ['1', '1', '135790', 'silence'],
    );
    assert.equal(exitCode, 0);
    assert.match(written, /^Welcome to Walletline\. For balances, press one\./);
    assert.match(written, /The balance of the card ending in three four four six is one thousand yuan/);
    assert.match(written, /\(completed\)\n$/);
  });

  it('speaks Mandarin to whoever chose it', async () => {
    const { written } = await talk(['--caller', '13900139000', '--offline'], ['1', '1', '135790', 'silence']);
    assert.match(written, /您尾号八九零三的银行卡，余额是五元/);
  });

  it('writes a transcript without the secrets that were keyed', async () => {
    const { written } = await talk(
      ['--caller', '13800138000', '--offline', '--transcript'],
      ['2', '1', '50#', '1', '135790', 'silence'],
    );
    assert.ok(!written.includes('135790'));
    assert.deepEqual(
      written.split('\n').slice(-9),
      [
        '> en pin.ask',
        '< (secret)',
        '> en wait.one-moment',
        '> en recharge.paid amount=50.00',
        '> en reference reference=000001',
        '> en next.text-message',
        '> en choice.another-service [1]',
        '> en or-hang-up',
        '< silence',
        '> en goodbye',
        '= completed en',
        '',
      ].slice(-9),
    );
  });

  it('takes a caller whose number is withheld', async () => {
    const { written } = await talk(['--caller', 'withheld', '--offline', '--transcript'], ['1', '1', '2']);
    assert.match(written, /> en choice\.language \[1\]\n(?:> .*\n)*< 1\n/);
    assert.match(written, /> en phone\.ask\n< hangup\n= caller-hung-up en\n$/);
  });

  it('takes a caller whom an agent sent with an order, and one whose agent stays on the line', async () => {
    const sent = await talk(
      ['--caller', '13800138000', '--offline', '--order', '200300'],
      ['1', '135790', 'silence'],
    );
    assert.match(
      sent.written,
      /^This is Walletline\.\nYou are asked to pay twenty yuan for the bill of this phone\./,
    );
    const led = await talk(
      ['--caller', '13800138000', '--offline', '--order', '200300', '--assisted', '--transcript'],
      ['agent asks card-pin', '1', '135790', 'agent completes'],
    );
    assert.match(led.written, /@ pin-kept\n< agent completes\n/);
    assert.match(led.written, /= returned en\n$/);
  });

  it('explains itself when nobody is said to call', async () => {
    const { exitCode, written } = await talk([], []);
    assert.equal(exitCode, 2);
    assert.equal((await talk(['--caller', '13800138000', '--assisted'], [])).exitCode, 2);
    assert.match(written, /^usage: npm run talk/);
  });
});
