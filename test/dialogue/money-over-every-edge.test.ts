import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { Secret } from '../../src/secret.js';
import { samplePurchase, sellingServices } from '../support/samples.js';
import { AllWalks } from './all-walks.js';
import { endsIn, follow, keyedPin, type Place } from './chart-walk.js';

describe('money and secrets, over every edge of every dialogue', function () {
  this.timeout(240_000);
  const walks = new AllWalks();
  before(() => walks.make());

  it('goes on to a PIN for a payment only on the key 1, heard after what it is that is paid', () => {
    // A confirmed payment may be asked about once more before it goes on.
    const asked: Readonly<Record<string, readonly string[]>> = {
      pay: ['findingEarlier', 'paying'],
      assisted: ['askPin'],
    };
    const confirmed = new Set<string>();
    walks.eachPlace((place, walked) => {
      for (const { event, to } of place.edges) {
        const next = walked.places.get(to);
        const isConfirmed = next !== undefined && asked[walked.chart]?.includes(next.state) === true;
        if (isConfirmed && next.state !== place.state && place.state !== 'findingEarlier') {
          confirmed.add(`${walked.chart}.${place.state}`);
          assert.deepEqual(event, { type: 'key', key: '1' });
          assert.ok(place.meta.step.step === 'ask');
          const isSkipped = place.context.tries.ask === 'skipped';
          assert.ok(isSkipped || place.meta.step.heardFirst.of(place.context).length > 0);
        }
      }
    });
    assert.deepEqual([...confirmed].sort(), [
      'assisted.confirmOrder',
      'pay.askOnceMore',
      'pay.confirmOrder',
      'pay.confirmPayment',
    ]);
  });

  it('lets nothing of an order be changed by the caller who pays it', () => {
    for (const name of ['order', 'assisted']) {
      assert.ok(!endsIn(walks.of(name)).some(({ type }) => type === 'change'));
    }
    const targets = new Set<string | undefined>();
    walks.eachPlace((place, walked) => {
      if (walked.chart === 'pay' && place.state === 'confirmOrder') {
        for (const { to } of place.edges) {
          targets.add(walked.places.get(to)?.state);
        }
        assert.equal(follow(walked, place, { type: 'key', key: '2' })?.context.leaving, 'cancelled');
      }
    });
    assert.deepEqual([...targets].sort(), ['confirmOrder', 'left', 'paying']);
  });

  it('pays on an agent’s word only with a PIN that was keyed for this card after the last confirmation', () => {
    const keeps = (place: Place) => 'pinKept' in place.context && place.context.pinKept === true;
    let paid = 0;
    for (const walked of walks.of('assisted')) {
      for (const place of walked.places.values()) {
        for (const { event, to } of place.edges) {
          const next = walked.places.get(to);
          assert.ok(next !== undefined);
          if (next.state === 'paying') {
            paid += 1;
            assert.deepEqual([place.state, event.type, keeps(place)], ['awaiting', 'agentCompletes', true]);
          }
          if (keeps(next) && !keeps(place)) {
            assert.deepEqual([place.state, event.type], ['keepingPin', 'done']);
          }
          if (['askPin', 'keepingPin'].includes(next.state) || event.type === 'cardAccepted') {
            assert.ok(!keeps(next), `${place.state} ${event.type} → ${next.state}`);
          }
        }
      }
    }
    assert.ok(paid > 0);
  });

  it('leads back to the agent, with the reason, whatever does not work out while they are on the line', () => {
    const seen = new Set<unknown>();
    for (const walked of walks.of('assisted')) {
      for (const { state, context, edges } of walked.places.values()) {
        if (state === 'awaiting') {
          seen.add('because' in context ? context.because : undefined);
        }
        const why = context.leaving;
        if (state === 'left' && why !== 'hung-up') {
          const next = edges.map(({ to }) => walked.places.get(to));
          assert.deepEqual(
            next.map((place) => place?.state),
            ['awaiting'],
          );
        }
      }
    }
    assert.deepEqual([...seen].sort(), [
      'began',
      'card-kept',
      'card-refused',
      'no-answer',
      'not-confirmed',
      'pin-kept',
      'pin-missing',
      'pin-wrong',
    ]);
  });

  it('drops keys typed ahead before every secret, and lets nothing be skipped but remarks', () => {
    walks.eachPlace(({ meta: { step }, context }) => {
      if (step.step === 'ask' && step.listen.for === 'secret') {
        assert.equal(step.delivery(context).dropsTypeAhead, true);
      }
      if (step.step === 'tell' && step.delivery.interruptible) {
        assert.ok(
          step.says.of(context).every(({ prompt }) => remarks.includes(prompt)),
          step.says
            .of(context)
            .map(({ prompt }) => prompt)
            .join(),
        );
      }
    });
  });

  it('keeps no digit of a secret in any context or event', () => {
    walks.eachPlace((place, walked) => {
      const seen = inspect([place.context, place.edges.map(({ event }) => event)], { depth: 10 });
      assert.ok(!seen.includes(keyedPin) && !place.key.includes(keyedPin), walked.chart);
      assert.ok(!holdsSecret(place.context), `${walked.chart}.${place.state} keeps a secret`);
    });
  });
});

/** What may be cut short: nothing of it is the result of money, or an error; or it is told again. */
const remarks: readonly string[] = [
  'welcome',
  'welcome.transferred',
  'assisted.began',
  ...sellingServices
    .map((service) => samplePurchase(service).words)
    .flatMap(({ announced, wentThrough }) => [...announced, ...wentThrough].map(({ prompt }) => prompt)),
  'news.returned',
  'news.being-returned',
  'news.not-known-yet',
  'reference',
  'cancelled',
  'nothing-paid',
  'agents.connecting',
  'agents.instead',
  'agents.returning',
];

function holdsSecret(value: unknown): boolean {
  return (
    value instanceof Secret ||
    (typeof value === 'object' && value !== null && Object.values(value).some((inner) => holdsSecret(inner)))
  );
}
