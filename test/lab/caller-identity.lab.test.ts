import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SipProbe } from './sip-probe.js';
import { withAsterisk } from './with-asterisk.js';

type Sent = { readonly from?: string; readonly headers?: readonly string[] };

/** What a caller who is let in makes of AMI and of the logs when every text of theirs is an attack. */
const lineEnds = '%0d%0a%0d%0aEvent: UserEvent%0d%0aUserEvent: WalletlinePay%0d%0aUniqueid: 1.1%0d%0a%0d%0a';
const escaped = lineEnds.replaceAll(' ', '%20').replaceAll(':', '%3a');

/** What the dialplan would run if it ever read a caller's text as its own. */
const shell = ['$', '{SHELL(id)}'].join('');

describe('who calls, as Asterisk knows it', () => {
  let disconnectApp: () => void = () => undefined;
  let ami: Socket;
  let amiText = '';

  // Ahead of withAsterisk's own, so that nothing is connected to Asterisk when it is stopped.
  after(() => {
    ami.destroy();
    disconnectApp();
  });
  const test = withAsterisk();

  /** Listens to AMI as the app does, and keeps every byte that Asterisk sends. */
  async function listenToAmi(): Promise<void> {
    ami = connect(test.ports.ami, '127.0.0.1');
    ami.setEncoding('latin1').on('data', (text: string) => {
      amiText += text;
    });
    ami.write(`Action: Login\r\nUsername: walletline\r\nSecret: ${test.amiPassword}\r\n\r\n`);
    for (let tries = 0; !amiText.includes('Authentication accepted') && tries < 100; tries += 1) {
      await pause(20);
    }
  }

  type Channel = { readonly id: string; readonly caller: { readonly name: string; readonly number: string } };

  /** Calls the service, and returns what the app would know of the caller; the call is over then. */
  async function callerOf(sent: Sent): Promise<Channel['caller']> {
    const probe = await SipProbe.open(test.ports.sip);
    try {
      probe.send('INVITE', '12580', sent);
      await probe.hears(/^SIP\/2.0 100/);
      for (let tries = 0; tries < 100; tries += 1) {
        const { channel_ids } = (await (await test.ari('GET', '/applications/walletline')).json()) as {
          channel_ids: string[];
        };
        const [id] = channel_ids;
        if (id !== undefined) {
          const { caller } = (await (await test.ari('GET', `/channels/${id}`)).json()) as Channel;
          assert.equal((await test.ari('DELETE', `/channels/${id}?reason=congestion`)).status, 204);
          await probe.hears(/^SIP\/2.0 503/);
          return caller;
        }
        await pause(10);
      }
      throw new Error(`the call did not reach the app: ${probe.heard.join(' | ')}`);
    } finally {
      probe.close();
    }
  }

  before(async () => {
    disconnectApp = await test.connectApp();
    await listenToAmi();
  });
  const pai = (value: string) => `P-Asserted-Identity: ${value}`;
  const from = '<sip:13700137000@192.0.2.1>';
  const told: readonly (readonly [string, Sent, string])[] = [
    ['From', { from: '<sip:13800138000@192.0.2.1;user=phone>' }, '13800138000'],
    ['From with a name', { from: '"a, <b> (c" <sip:13800138000@192.0.2.1>' }, '13800138000'],
    ['From with +', { from: '<sip:+8613800138000@192.0.2.1>' }, '+8613800138000'],
    ['From with %2B', { from: '<sip:%2b8613800138000@192.0.2.1>' }, '+8613800138000'],
    ['From as tel', { from: '<tel:+86-138-0013-8000>' }, '+8613800138000'],
    ['From with brackets', { from: '<sip:(0755)1234.5678@192.0.2.1>' }, '075512345678'],
    ['From with blanks', { from: '<sip:+86%20138%200013%208000@192.0.2.1>' }, '+8613800138000'],
    ['P-Asserted-Identity before From', { from, headers: [pai('<sip:13800138000@x>')] }, '13800138000'],
    ['P-Asserted-Identity as tel', { from, headers: [pai('<tel:+86-138-0013-8000>')] }, '+8613800138000'],
    ['without <>', { from, headers: [pai('tel:+8613800138000;phone-context=x')] }, '+8613800138000'],
    [
      'two in one P-Asserted-Identity',
      { from, headers: [pai('"b" <sip:+8613800138000@x>, <tel:+8613800138000>')] },
      '+8613800138000',
    ],
    [
      'the second P-Asserted-Identity when the first is no number',
      { from, headers: [pai('<sip:alice@x>'), pai('<tel:+8613800138000>')] },
      '+8613800138000',
    ],
    [
      'the first of two P-Asserted-Identity',
      { from, headers: [pai('<sip:+8613800138000@x>'), pai('<tel:+8613800138000>')] },
      '+8613800138000',
    ],
    [
      'a name in P-Asserted-Identity that looks like one',
      { from, headers: [pai('"<sip:13900139000@x>" <sip:13800138000@x>')] },
      '13800138000',
    ],
    [
      'not Remote-Party-ID',
      { from, headers: ['Remote-Party-ID: <sip:13800138000@x>;party=calling;privacy=off'] },
      '13700137000',
    ],
    ['Privacy: none', { from, headers: ['Privacy: none'] }, '13700137000'],
    ['no number with letters in it', { from: '<sip:a13800138000@x>' }, ''],
    ['no number with %00 in it', { from: '<sip:13800138000%00123@x>' }, ''],
    ['no number with a %31 in it', { from: '<sip:1380013800%31%0a@x>' }, ''],
    ['no name', { from: '"13800138000" <sip:alice@x>' }, ''],
  ];
  for (const [title, sent, number] of told) {
    it(`is told ${title}`, async () => {
      assert.deepEqual(await callerOf(sent), { name: '', number });
    });
  }

  const withheld: readonly (readonly [string, Sent])[] = [
    ['Privacy: id', { headers: ['Privacy: id'] }],
    ['Privacy: ID with P-Asserted-Identity', { headers: ['Privacy: ID', pai('<sip:13800138000@x>')] }],
    ['Privacy: user;id', { headers: ['Privacy: user;id'] }],
    ['Privacy: header; user; critical', { headers: ['Privacy: header; user; critical'] }],
    ['Privacy: critical,id', { headers: ['Privacy: critical,id'] }],
    ['a second Privacy', { headers: ['Privacy: none', 'Privacy: id'] }],
    ['Privacy: of a kind that is not known', { headers: ['Privacy: everything'] }],
    ['anonymous@anonymous.invalid', { from: '"Anonymous" <sip:anonymous@anonymous.invalid>' }],
    [
      'anonymous@anonymous.invalid with P-Asserted-Identity',
      { from: '<sip:anonymous@anonymous.invalid>', headers: [pai('<sip:13800138000@x>')] },
    ],
    ['Anonymous at any host', { from: '<sip:Anonymous@192.0.2.1>', headers: [pai('<tel:+861380013800>')] }],
    [
      'privacy=full of Remote-Party-ID',
      { headers: ['Remote-Party-ID: "x" <sip:13800138000@x>;party=calling;Privacy=full'] },
    ],
    [
      'privacy = uri of Remote-Party-ID',
      { headers: ['Remote-Party-ID: <sip:13800138000@x>;privacy = "uri"', pai('<sip:13800138000@x>')] },
    ],
  ];
  for (const [title, sent] of withheld) {
    it(`is told nothing by ${title}`, async () => {
      assert.deepEqual(await callerOf(sent), { name: '', number: '' });
    });
  }

  const attacks: readonly (readonly [string, Sent])[] = [
    ['From', { from: `<sip:${escaped}@192.0.2.1>` }],
    ['a name in From', { from: `"${lineEnds}\\\r\\\nX: y" <sip:1@192.0.2.1>` }],
    ['P-Asserted-Identity', { from, headers: [pai(`<sip:${escaped}@192.0.2.1>`)] }],
    ['a tel P-Asserted-Identity', { from, headers: [pai(`<tel:+86${escaped}>`)] }],
    ['Remote-Party-ID', { from, headers: [`Remote-Party-ID: <sip:${escaped}@192.0.2.1>`] }],
    ['Diversion', { from, headers: [`Diversion: <sip:${escaped}@192.0.2.1>;reason=unconditional`] }],
    ['Privacy', { from, headers: [`Privacy: none${escaped}`] }],
    ['functions', { headers: [`Privacy: ${shell}):5:2,"^$[1`, pai(`"${shell}),x:(" <sip:1@x>`)] }],
  ];
  for (const [title, sent] of attacks) {
    it(`makes no line of AMI's out of ${title}`, async () => {
      amiText = '';
      await callerOf(sent).catch(() => undefined);
      for (let tries = 0; !/^Event: Hangup/m.test(amiText) && tries < 25; tries += 1) {
        await pause(20);
      }
      // What is no SIP is dropped without an answer, and makes no event at all.
      assert.ok(amiText === '' || /^Event: Hangup/m.test(amiText), amiText);
      assert.doesNotMatch(amiText, /UserEvent|WalletlinePay|%0d/i);
    });
  }

  it('hands over no number that goes on behind %00', async () => {
    const probe = await SipProbe.open(test.ports.sip);
    try {
      probe.send('INVITE', '12580%00');
      await probe.hears(/^SIP\/2.0 404/);
    } finally {
      probe.close();
    }
  });

  it('writes nothing of it into its log', async () => {
    const messages = await readFile(join(test.folder, 'log/asterisk/messages.log'), 'utf8');
    // That a message is no SIP is said of it with its length and the place of the fault, not with its text.
    const other = messages.split('\n').filter((line) => line !== '' && !/PJSIP syntax error/.test(line));
    assert.equal(other.length, 1, other.join('\n'));
    assert.doesNotMatch(messages, /UserEvent|SHELL|13800138000/);
  });
});
