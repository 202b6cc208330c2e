/** All walks there are: every chart, over every way in which it is begun. */

import assert from 'node:assert/strict';
import { declineReasons } from '../../src/decline-reason.js';
import type { MachineInput } from '../../src/dialogue/chart.js';
import { says } from '../../src/dialogue/prompt.js';
import { money } from '../../src/money.js';
import { catalogue } from '../../src/services/catalogue.js';
import { samplePurchase, samplePurchases, sellingServices } from '../support/samples.js';
import { type EndsOf, endsIn, orderCloses, type Place, type Walk, walk } from './chart-walk.js';

const card = { cardId: 'card-1', lastFour: '3446' };
const purchaseOf = (service: string, orderId?: string) => ({
  purchase: samplePurchase(service, { orderId }),
});

const callerPhone = '13800138000';
const bothCallers = [{ callerPhone }, { callerPhone: undefined }];
const results = [
  { type: 'paid', reference: '900000000001' },
  ...declineReasons.map((reason) => ({ type: 'declined', reason })),
  { type: 'pinLocked' },
  { type: 'returning', reference: '900000000001' },
  { type: 'unresolved', reference: '900000000001' },
  { type: 'unavailable' },
  ...orderCloses.map((why) => ({ type: 'orderClosed', why })),
  { type: 'fault' },
];
/** What a caller asks to hear. */
const news = (['being-returned', 'not-known-yet'] as const).map((outcome) => ({
  ...{ wentThrough: [], amount: money(5_000), outcome },
  reference: '900000000001',
}));
const direct = { entry: 'direct' };
/** What the call before left, of each service that can be gone on with, in its own words and in the core's. */
const leftUnfinished = sellingServices.map((service) => ({
  ...{ id: 'conversation-1', service, stack: [] },
  label: [...(purchaseOf(service).purchase.words.goOn ?? []), ...says('choice.go-on').of(undefined)],
}));
const transfers = [true, false].flatMap((order) =>
  [true, false].map((returnsToAgent) => ({ entry: 'transfer', order, returnsToAgent })),
);

/** Every path that leads somewhere, an order's code, and what leads nowhere. */
const paths = catalogue.services.map(({ path }) => path);
const dialledDigits = [
  ...new Set(paths.flatMap((path) => Array.from(path, (_, at) => path.slice(0, at + 1)))),
  ...['200300', '777'],
];

/** Every way in which each chart is begun; a service's own charts but the first need no input. */
const inputs: Readonly<Record<string, readonly unknown[]>> = {
  conversation: [
    ...bothCallers.map((caller) => ({ ...caller, arrival: direct })),
    ...transfers.map((arrival) => ({ callerPhone, arrival })),
    { callerPhone: undefined, arrival: transfers[0] },
    ...dialledDigits.map((digits) => ({
      callerPhone,
      arrival: { ...direct, dialled: digits },
    })),
    // Who withholds their number hears no news, which makes these walks short.
    ...leftUnfinished.map((unfinished) => ({ callerPhone: undefined, arrival: direct, unfinished })),
  ],
  'choose-language': [{ entry: 'direct' }, { entry: 'transfer' }],
  'hear-news': [
    { greeted: true, entry: 'direct', waiting: news },
    ...['direct', 'transfer'].flatMap((entry) =>
      [false, true].map((greeted) => ({ greeted, entry, waiting: undefined })),
    ),
  ],
  order: [true, false].map((keysCode) => ({ callerPhone, keysCode })),
  assisted: bothCallers,
  ...Object.fromEntries(
    ['recharge-phone', 'bill-phone', 'balance-phone'].map((name) => [
      name,
      [{ phone: callerPhone }, { phone: undefined }],
    ]),
  ),
  'pay-by-card': [
    { ...purchaseOf('bill'), callerPhone, card },
    { ...purchaseOf('recharge'), callerPhone, card: undefined },
    { ...purchaseOf('bill', 'order-1'), callerPhone, card: undefined },
  ],
  'choose-card': [undefined],
  pay: sellingServices.flatMap((service) =>
    [undefined, 'order-1'].flatMap((orderId) =>
      bothCallers.map((caller) => ({ ...purchaseOf(service, orderId), ...caller, card })),
    ),
  ),
  'enter-pin': [
    { card, work: { do: 'ask-card-balance', service: 'card-balance' } },
    { card, work: { do: 'pay', ...purchaseOf('bill') } },
  ],
  'tell-result': sellingServices
    .flatMap((service) => samplePurchases(service))
    .flatMap((purchase) =>
      bothCallers.flatMap((caller) => results.map((result) => ({ purchase, ...caller, card, result }))),
    ),
  'reach-agent': [{ because: 'asked' }, { because: 'gave-up' }, { because: 'awaited' }],
};

function walksOf(name: string, endsOf: EndsOf): readonly Walk[] {
  const chart = catalogue.charts.dialogues.all.find((candidate) => candidate.name === name);
  assert.ok(chart !== undefined, `there is no dialogue ${name}`);
  const isService = catalogue.services.some(({ id }) => id === name);
  const given = inputs[name] ?? (isService ? bothCallers : [undefined]);
  return given.map((each, index) => {
    // A conversation begins in a known language or in none; every other chart says the same in all of them.
    const isUnknown =
      (name === 'conversation' && [1, 6].includes(index)) || (name === 'assisted' && index === 1);
    const language = isUnknown ? undefined : 'en';
    return walk(chart, { language, given: each } satisfies MachineInput<unknown>, endsOf);
  });
}

type Asking = Extract<Place['meta']['step'], { step: 'ask' }>;

/** The walks by chart; empty until `make` was called. */
export class AllWalks {
  readonly #walks = new Map<string, readonly Walk[]>();

  /** Takes a few seconds. */
  make(): void {
    // Whoever is entered stands behind whoever enters: its ends are known first.
    for (const { name } of catalogue.charts.dialogues.all.toReversed()) {
      this.#walks.set(
        name,
        walksOf(name, (entered) => endsIn(this.of(entered))),
      );
    }
  }

  of(chart: string): readonly Walk[] {
    return this.#walks.get(chart) ?? [];
  }

  get all(): readonly Walk[] {
    return [...this.#walks.values()].flat();
  }

  eachPlace(visit: (place: Place, walked: Walk) => void): void {
    for (const walked of this.all) {
      for (const place of walked.places.values()) {
        visit(place, walked);
      }
    }
  }

  eachQuestion(visit: (place: Place, step: Asking, walked: Walk) => void): void {
    this.eachPlace((place, walked) => {
      if (place.meta.step.step === 'ask') {
        visit(place, place.meta.step, walked);
      }
    });
  }
}
