import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadScript, parseScript, placeholdersOf } from '../../src/speech/prompt-script.js';

function partsOf(text: string) {
  return parseScript('en', { 'a.prompt': text }).prompts.get('a.prompt')?.parts;
}

describe('a prompt script', () => {
  it('records a text without values whole, under its own name', () => {
    assert.deepEqual(partsOf('For balances, press 1. To recharge, press 2.'), [
      { recording: 'a.prompt', text: 'For balances, press 1. To recharge, press 2.', ending: 'closed' },
    ]);
  });

  it('cuts a text at its values, and makes pauses of the marks at the cuts', () => {
    assert.deepEqual(partsOf('Paid: {amount}. It is for {phone}, and no more.'), [
      { recording: 'a.prompt.1', text: 'Paid:', ending: 'list' },
      { pauseMs: 160 },
      { placeholder: 'amount' },
      { pauseMs: 300 },
      { recording: 'a.prompt.2', text: 'It is for', ending: 'open' },
      { placeholder: 'phone' },
      { pauseMs: 160 },
      { recording: 'a.prompt.3', text: 'and no more.', ending: 'closed' },
    ]);
  });

  it('gives the only recorded part of a text with values the name of the prompt', () => {
    assert.deepEqual(partsOf('The balance is {balance}.'), [
      { recording: 'a.prompt', text: 'The balance is', ending: 'open' },
      { placeholder: 'balance' },
    ]);
  });

  it('makes a pause of a mark between two values', () => {
    assert.deepEqual(partsOf('{amount}，{phone}。'), [
      { placeholder: 'amount' },
      { pauseMs: 160 },
      { placeholder: 'phone' },
    ]);
  });

  it('names each placeholder once', () => {
    const prompt = parseScript('en', { p: '{a} and {b} and {a}' }).prompts.get('p');
    assert.ok(prompt !== undefined);
    assert.deepEqual(placeholdersOf(prompt), ['a', 'b']);
  });

  it('names every faulty entry at once', () => {
    const texts = { 'Bad Name': 'x', empty: ' ', number: 5, brace: 'a {b', good: 'x' };
    assert.throws(
      () => parseScript('en', texts),
      (error: Error) =>
        ['Bad Name', 'empty', 'number', 'brace'].every((name) => error.message.includes(`${name}:`)),
    );
  });

  it('says which file cannot be read', async () => {
    await assert.rejects(loadScript('/nowhere', 'zh'), /\/nowhere\/zh/);
  });

  it('reads every part of a language, and says which two files have a text for one name', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'walletline-script-'));
    try {
      await mkdir(join(folder, 'en'));
      await assert.rejects(loadScript(folder, 'en'), /no prompts in .*core\.yaml/);
      await writeFile(join(folder, 'en', 'core.yaml'), 'welcome: "Welcome."\n');
      await writeFile(join(folder, 'en', 'donation.yaml'), 'donation.ask: "How much?"\n');
      const { prompts } = await loadScript(folder, 'en');
      assert.deepEqual([...prompts.keys()], ['welcome', 'donation.ask']);
      await writeFile(join(folder, 'en', 'transfer.yaml'), 'welcome: "Hello."\n');
      await assert.rejects(loadScript(folder, 'en'), /welcome is in .*core\.yaml and in .*transfer\.yaml/);
      await writeFile(join(folder, 'en', 'transfer.yaml'), '- welcome\n');
      await assert.rejects(loadScript(folder, 'en'), /transfer\.yaml must map/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
