import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lab } from '../../lab/lab.js';
import { LabProcess } from '../../lab/lab-process.js';
import { freePorts } from '../../lab/ports.js';
import { projectDir } from '../../lab/project-dir.js';
import { encodePinBlock } from '../../src/bank/pin-block.js';
import { preparesRecharge, talksWithAgent } from '../calls/harness/agents-journey.js';
import { CallLab } from '../calls/harness/call-lab.js';
import type { CustomerCard } from '../calls/harness/customers.js';
import {
  answersInTurn,
  callsIn,
  confirmsWithPin,
  keysPin,
  ordersRecharge,
  wantsNothingElse,
} from '../calls/harness/journey.js';
import { withSecondTry } from '../calls/harness/second-try.js';
import { menus, spoken, thisPhone } from '../calls/harness/spoken.js';
import { buildBroken, buildProduct, type Patch } from '../faults/build.js';
import { countInMemory, type Needle } from '../support/process-memory.js';

/** Every key of a telephone as Asterisk writes it, in one byte a character and in two. */
const keyEvents: readonly Needle[] = Array.from('0123456789*#').flatMap((key) =>
  [`"digit":"${key}"`, `"digit": "${key}"`].flatMap((text) => [
    { name: 'a key event', bytes: Buffer.from(text, 'latin1') },
    { name: 'a key event, two bytes a character', bytes: Buffer.from(text, 'utf16le') },
  ]),
);

/** All digits of a secret that stands in memory as text. */
function textNeedles(name: string, digits: string): Needle[] {
  return [
    { name, bytes: Buffer.from(digits, 'latin1') },
    { name: `${name}, two bytes a character`, bytes: Buffer.from(digits, 'utf16le') },
    { name: `${name}, a space between`, bytes: Buffer.from(Array.from(digits).join(' '), 'latin1') },
  ];
}

function pinNeedles(pin: string, pan: string): Needle[] {
  return [
    ...textNeedles('a PIN', pin),
    { name: 'a PIN field', bytes: Buffer.from(`06${pin}ffffffff`, 'hex') },
    {
      name: 'a clear PIN block',
      bytes: encodePinBlock(0, Buffer.from(pin, 'latin1'), pan, () => Buffer.alloc(0)),
    },
  ];
}

function panNeedles(pan: string): Needle[] {
  const twoInAByte = Buffer.from(pan.length % 2 === 0 ? pan : `${pan}0`, 'hex');
  return [
    ...textNeedles('a card number', pan),
    { name: 'a card number, two digits a byte', bytes: twoInAByte },
    { name: "a PIN block's part of a card number", bytes: Buffer.from(`0000${pan.slice(-13, -1)}`, 'hex') },
  ];
}

/** A product that somebody got wrong on purpose: as it was before anything was wiped. */
const unwiped: readonly Patch[] = [
  { file: 'src/memory-guard.ts', find: "  setFlagsFromString('--clear-free-memory');\n", replace: '' },
  { file: 'src/call/asterisk/take-key.ts', find: '  json[value + 1] = struckOut;\n', replace: '' },
  { file: 'src/call/asterisk/lasting-socket.ts', find: '          wipe(data);\n', replace: '' },
  { file: 'src/call/asterisk/wiped-web-socket.ts', find: '          read.fill(0);\n', replace: '' },
  { file: 'src/wallet/card-sealer.ts', find: '      clear.fill(0);\n', replace: '' },
  { file: 'src/bank/iso8583/codec.ts', find: '    part.fill(0);\n', replace: '' },
  { file: 'src/bank/pin-block.ts', find: '    panField.fill(0);\n  }\n}', replace: '  }\n}' },
  { file: 'src/bank/tcp-connection.ts', find: '      chunk.fill(0);\n', replace: '' },
  {
    file: 'src/bank/tcp-connection.ts',
    find: '      this.#timers.delete(timer);\n      frame.fill(0);\n',
    replace: '',
  },
];

/** A lab of its own, because its application is one that can be told to collect its garbage. */
describe('the memory of the application, read from outside', function () {
  this.timeout(180_000);
  let folder = '';
  let lab: Lab;
  let calls: CallLab;
  let app: LabProcess;

  /** @param build the folder of the product to run. */
  async function startApp(build: string): Promise<void> {
    const { plan } = lab.app;
    app = new LabProcess({
      ...plan,
      args: [
        '--expose-gc',
        `--import=${join(projectDir, 'test/support/memory-probe.mjs')}`,
        join(build, 'src/main.js'),
      ],
      env: { ...plan.env, TEST_MEMORY_PROBE: join(folder, 'probe') },
    });
    await rm(join(folder, 'probe'), { force: true });
    await app.start();
  }

  async function ask(path: '/collect' | '/plant', body = Buffer.alloc(0)): Promise<void> {
    const asked = request({ socketPath: join(folder, 'probe'), path, method: 'POST' });
    asked.end(body);
    const [answer] = (await once(asked, 'response')) as [NodeJS.ReadableStream];
    await once(answer.resume(), 'end');
  }

  /** What is there after all garbage was collected, each with how often it is. */
  async function found(needles: readonly Needle[]): Promise<Record<string, number>> {
    await ask('/collect');
    const { pid } = app;
    assert.ok(pid !== undefined);
    return Object.fromEntries([...countInMemory(pid, needles)].filter(([, count]) => count > 0));
  }

  /** Six digits that memory holds nowhere yet, so that whatever is found later was keyed. */
  async function rarePin(): Promise<string> {
    for (;;) {
      const pin = String(randomInt(100_000, 1_000_000));
      if (Object.keys(await found(textNeedles('a PIN', pin))).length === 0) {
        return pin;
      }
    }
  }

  before(async function () {
    this.timeout(300_000);
    folder = await mkdtemp(join(tmpdir(), 'walletline-memory-'));
    lab = new Lab({ stateDir: join(folder, 'lab'), ports: await freePorts(), agents: ['1001', '1002'] });
    await lab.start();
    await lab.app.stop();
    await startApp(join(projectDir, 'dist'));
    calls = new CallLab(lab.env);
    await calls.start();
    await calls.agents();
  });
  after(async () => {
    await calls.stop();
    await app.stop();
    await lab.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** A wrong PIN, then the right one. */
  async function recharges(pin: string, wrongPin: string): Promise<CustomerCard> {
    const customer = await calls.customers.create({ pin });
    const { phone, card } = customer;
    const caller = await callsIn(calls, customer);
    await ordersRecharge(caller, phone, { amountYuan: 15, card, phone });
    await confirmsWithPin(caller, wrongPin);
    await caller.hears([spoken.wrongPin(1), 'pin.ask']);
    await caller.presses(pin);
    await caller.hears('wait.one-moment');
    await calls.records.paymentIn('completed', phone);
    await caller.hangsUp();
    return card;
  }

  async function keysCard(pin: string): Promise<CustomerCard> {
    const { card } = await calls.customers.create({ pin });
    const stranger = await calls.customers.create({ cards: 0 });
    const caller = await callsIn(calls, stranger);
    await caller.presses('1');
    await answersInTurn(caller, [menus.balances, '1'], ['card.ask-number', `${card.pan}#`]);
    await keysPin(caller, pin);
    await caller.hears(spoken.cardBalance(card.balanceMinor, card));
    await wantsNothingElse(caller);
    return card;
  }

  async function hangsUpInThePin(pin: string): Promise<CustomerCard> {
    const customer = await calls.customers.create({ pin });
    const { phone, card } = customer;
    const caller = await callsIn(calls, customer);
    await ordersRecharge(caller, phone, { amountYuan: 15, card, phone });
    await caller.presses('1');
    await caller.hearsBeginningOf('pin.ask');
    await caller.presses(pin.slice(0, 5));
    await caller.hangsUp();
    return card;
  }

  async function paysWithAgent(pin: string): Promise<CustomerCard> {
    const customer = await calls.customers.create({ pin });
    const talking = await talksWithAgent(calls, customer);
    const { desktop, channelId, caller } = talking;
    const order = await preparesRecharge(talking, 5_000);
    await desktop.begins(channelId, 'assisted', order.id);
    await caller.hears('assisted.began');
    await desktop.orders(channelId, 'capture', 'card-pin');
    await caller.hears(spoken.confirmOrder('recharge', 5_000, thisPhone, customer.card));
    await caller.presses('1');
    await caller.hearsBeginningOf('pin.ask');
    await caller.presses(pin);
    await caller.hangsUp();
    return customer.card;
  }

  it('holds no key, no PIN and no card number when the calls are over, on whatever way they came', async () => {
    const [right, wrong, keyed, half, assisted] = await Promise.all(Array.from({ length: 5 }, rarePin));
    assert.ok(right && wrong && keyed && half && assisted);
    const cards = await Promise.all([
      withSecondTry('a recharge', () => recharges(right, wrong)),
      withSecondTry('a keyed card', () => keysCard(keyed)),
      withSecondTry('half a PIN', () => hangsUpInThePin(half)),
      withSecondTry('a payment with an agent', () => paysWithAgent(assisted)),
    ]);
    const needles = [
      ...keyEvents,
      ...[right, wrong].flatMap((pin) => pinNeedles(pin, cards[0].pan)),
      ...pinNeedles(keyed, cards[1].pan),
      ...pinNeedles(half, cards[2].pan),
      ...pinNeedles(assisted, cards[3].pan),
      ...cards.flatMap(({ pan }) => panNeedles(pan)),
    ];
    assert.deepEqual(await found(needles), {});

    const [needle] = needles;
    assert.ok(needle);
    await ask('/plant', Buffer.concat([Buffer.from('planted: '), needle.bytes, Buffer.from(right)]));
    const planted = await found(needles);
    assert.ok((planted['a key event'] ?? 0) > 0, 'what was planted must be found, or nothing was proved');
    assert.ok((planted['a PIN'] ?? 0) > 0, 'what was planted must be found, or nothing was proved');
  });

  it('shows the keys and card numbers of a build that does not wipe', async () => {
    // Within the project, where its packages are found.
    const builds = await mkdtemp(join(projectDir, 'var', 'memory-builds-'));
    try {
      buildProduct(join(builds, 'product'));
      buildBroken(join(builds, 'product'), join(builds, 'unwiped'), unwiped);
      await app.stop();
      await startApp(join(builds, 'unwiped'));
    } finally {
      await rm(builds, { recursive: true, force: true });
    }
    const pins = await Promise.all(Array.from({ length: 4 }, rarePin));
    const cards = await Promise.all(pins.map((pin) => withSecondTry('a keyed card', () => keysCard(pin))));
    const left = await found([...keyEvents, ...cards.flatMap(({ pan }) => panNeedles(pan))]);
    assert.ok((left['a key event'] ?? 0) > 0, 'keys of a build that does not wipe were not found');
    assert.ok(
      Object.keys(left).some((name) => name.includes('card number')),
      'card numbers of a build that does not wipe were not found',
    );
  });
});
