import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { ScriptedCaller } from '../../lab/scripted-caller.js';
import { type Arrival, dialled } from '../../src/dialogue/arrival.js';
import { type ConversationCharts, conversationCharts } from '../../src/dialogue/conversation-charts.js';
import { converse, converseAssisted } from '../../src/dialogue/converse.js';
import { languagesOf } from '../../src/dialogue/language.js';
import { languageCodes } from '../../src/languages/catalogue.js';
import { money } from '../../src/money.js';
import { mobilePhone } from '../../src/phone-number.js';
import { catalogue } from '../../src/services/catalogue.js';
import { FakeServices, type Trouble } from '../support/fake-services.js';
import { orderForPhone, purchaseForPhone } from '../support/purchase.js';

/** Set to rewrite what was heard in every transcript; what callers key stays. Read the difference. */
const update = process.env['WALLETLINE_UPDATE_TRANSCRIPTS'] === '1';
const folder = new URL('./transcripts/', import.meta.url);
/** A service's own: test/services/<id>/transcripts/. */
const servicesFolder = new URL('../services/', import.meta.url);

/** Those that the transcripts are written down in: a further language changes no transcript. */
const firstLanguages = languagesOf(languageCodes.slice(0, 2));
const everyService = conversationCharts(catalogue.services, firstLanguages);

/**
 * The dialogues that are shared, over the services that they are written down with: what callers hear of them must not
 * change because there is one more service. A service's own transcripts are over the whole catalogue.
 */
const firstServices = conversationCharts(
  catalogue.services.filter(({ path }) => ['11', '12', '2', '3'].includes(path)),
  firstLanguages,
);

/** Words of a transcript's `world:` line that set the scene, besides the troubles of `FakeServices`. */
const scenes: Readonly<Record<string, (services: FakeServices) => void>> = {
  agents: (services) => {
    services.hasAgents = true;
  },
  'one-try-left': (services) => services.countWrongPins('6222020200112233446', 1),
  'card-locked': (services) => services.lock('6222020200112233446'),
  'first-card-locked': (services) => services.lock('6200580000000000016'),
  'both-cards-locked': (services) => {
    services.lock('6200580000000000016');
    services.lock('6227000055556666771');
  },
  'four-cards': (services) => {
    services.bind('13600136000', '6222020200112233446');
    services.bind('13600136000', '6217001234567890122');
  },
  'order-of-another-phone': (services) => orderOf(services, 'recharge', '18600186000', undefined),
  'order-unknown': (services) => services.orders.clear(),
  'order-paid': (services) => services.orders.set(orderCode, 'paid'),
  'order-being-paid': (services) => services.orders.set(orderCode, 'being-paid'),
  'order-cancelled': (services) => services.orders.set(orderCode, 'cancelled'),
  'order-expired': (services) => services.orders.set(orderCode, 'expired'),
  'due-under-a-yuan': (services) => services.setDue('13800138000', 50),
  'paid-before': (services) => {
    for (const phone of ['13800138000', '13900139000']) {
      services.payBefore('recharge', phone, money(5_000));
      services.payBefore('bill', phone, money(2_500));
    }
  },
  news: (services) => {
    const phone = '13800138000';
    const amount = money(5_000);
    const { words } = purchaseForPhone({ service: 'recharge', phone, amount, callerPhone: phone });
    const payment = { wentThrough: words.wentThrough, amount };
    services.news = [
      { ...payment, outcome: 'paid', reference: '900000000007' },
      { ...payment, outcome: 'being-returned', reference: '900000000008' },
      { ...payment, outcome: 'returned', reference: '900000000009' },
      { ...payment, outcome: 'not-known-yet', reference: '900000000010' },
    ];
  },
};

const orderCode = '200300';

function orderOf(
  services: FakeServices,
  service: string,
  phone: string,
  callerPhone: string | undefined,
): void {
  services.orders.set(
    orderCode,
    orderForPhone({ orderId: 'order-1', service, phone, amount: money(2_500), callerPhone }),
  );
}

/** Words of a transcript's `arrival:` line; without one, the caller dialled. */
const arrivals: Readonly<Record<string, Arrival>> = {
  blind: { entry: 'transfer', order: false, returnsToAgent: false },
  'blind-with-order': { entry: 'transfer', order: true, returnsToAgent: false },
  detour: { entry: 'transfer', order: false, returnsToAgent: true },
  'detour-with-order': { entry: 'transfer', order: true, returnsToAgent: true },
};

describe('the journeys of a caller', () => {
  const files = journeysIn(folder);
  for (const [title, url] of files) {
    isReplayed(title, url, firstServices);
  }

  it('are found at all', () => assert.ok(files.length >= 50));
});

for (const { id } of catalogue.services) {
  const own = journeysIn(new URL(`${id}/transcripts/`, servicesFolder));
  describe(`the journeys of a caller: ${id}`, () => {
    for (const [title, url] of own) {
      isReplayed(title, url, everyService);
    }
  });
}

/** Returns the transcripts in a folder by their titles; none when there is no such folder. */
function journeysIn(of: URL): readonly (readonly [title: string, url: URL])[] {
  return (existsSync(of) ? readdirSync(of) : [])
    .filter((file) => file.endsWith('.txt'))
    .map((file) => [file.replace('.txt', '').replaceAll('-', ' '), new URL(file, of)]);
}

function isReplayed(title: string, url: URL, charts: ConversationCharts): void {
  it(title, async () => {
    const written = readFileSync(url, 'utf8');
    const actual = await replay(written, charts);
    if (update) {
      writeFileSync(url, actual);
    }
    assert.equal(actual, update ? actual : written);
  });
}

/** Returns the transcript with what is really heard in it. */
async function replay(written: string, charts: ConversationCharts): Promise<string> {
  const lines = written.trimEnd().split('\n');
  const header = lines.filter((line) => /^(#|caller:|arrival:|world:)/.test(line));
  const setting = (name: string) =>
    header.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  const caller = setting('caller');
  const callerPhone = caller === 'withheld' ? undefined : caller;
  const arrival = setting('arrival') ?? 'dialled';
  const services = new FakeServices();
  services.broughtCode = orderCode;
  orderOf(services, 'bill', mobilePhone(callerPhone ?? '') ?? '13800138000', callerPhone);
  for (const word of setting('world')?.split(' ') ?? []) {
    const scene = scenes[word];
    if (scene === undefined) {
      services.troubles.add(word as Trouble);
    } else {
      scene(services);
    }
  }
  const party = new ScriptedCaller({
    script: lines.filter((line) => line.startsWith('< ')).map((line) => line.slice(2)),
    showsSecrets: true,
  });
  services.agent = party.awaitAgent;
  const faults: string[] = [];
  const { ending, language } = await (arrival === 'assisted' ? converseAssisted : converse)({
    charts,
    party,
    perform: services.performFor(callerPhone),
    callerPhone,
    arrival: arrival.startsWith('*')
      ? { entry: 'direct', dialled: arrival.slice(1) }
      : (arrivals[arrival] ?? dialled),
    language: services.languages.get(callerPhone ?? ''),
    // Work is done at once, so that nobody waits for it.
    pause: (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    onStep: () => {},
    onFault: (error, at) => faults.push(`! ${at.dialogue}.${at.state}: ${error.message}`),
  });
  assert.ok(party.isDone, `the caller could not do everything:\n${party.lines.join('\n')}`);
  return `${[...header, ...party.lines, ...faults, `= ${ending} ${language ?? 'no language'}`].join('\n')}\n`;
}
