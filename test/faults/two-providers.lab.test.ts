import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { v7 as uuidV7 } from 'uuid';
import { providersSetting } from '../support/unreached-providers.js';
import { until } from '../support/until.js';
import { asksAnotherProvider } from './broken-builds.js';
import { buildBroken, buildProduct } from './build.js';
import { faultsDir, Lane } from './lane.js';
import type { PayerProcess, Told } from './payer-process.js';
import { quickPolicy } from './quick-times.js';
import { cards, phoneOf } from './simulators.js';
import type { Break } from './verdict.js';
import { audited } from './verdict.js';

const unarmed = { point: 0, doom: 'kill' } as const;
/** Longer than a lease, a look-up and the grace together: whoever asks the wrong one has reversed by then. */
const longEnoughMs = quickPolicy.providerLeaseMs + 3 * quickPolicy.neverSeenGraceMs + 1_000;
const settleMs = 30_000;

/** Two providers, the carrier and "press", in one database; processes know one of them, or both. */
class Town {
  readonly lane: Lane;
  readonly #build: string;
  #payments = 0;

  constructor(lane: Lane, build: string) {
    this.lane = lane;
    this.#build = build;
  }

  /** A process that knows both, "press" where it is now. */
  async knowsBoth(node: number): Promise<PayerProcess> {
    return this.#start(node, { WALLETLINE_PROVIDERS: this.#press() });
  }

  async knowsOnlyTheCarrier(node: number): Promise<PayerProcess> {
    return this.#start(node, {});
  }

  /** Its own carrier is another company, in which nobody is. */
  async knowsOnlyPress(node: number): Promise<PayerProcess> {
    return this.#start(node, {
      WALLETLINE_PROVIDERS: this.#press(),
      WALLETLINE_CARRIER_NAME: 'nobody',
      WALLETLINE_CARRIER_URL: 'http://127.0.0.1:1',
    });
  }

  /** Pays at a provider; resolves with what the caller is told. */
  async pay(process: PayerProcess, provider: 'carrier' | 'press'): Promise<Told> {
    this.#payments += 1;
    const { pan, pin } = cards.right;
    return process.pay({
      ...{ do: 'pay', callId: uuidV7(), callerNumber: `138${String(this.#payments).padStart(8, '0')}` },
      ...{ service: 'recharge', phone: phoneOf(this.#payments), amountMinor: 1_000 + this.#payments },
      ...{ cardId: this.lane.cardIds.right, pan, pin, provider },
    });
  }

  /** A payment that "press" has delivered while nobody heard its answer, and whose process is dead. */
  async leaveDelivered(): Promise<void> {
    const dying = await this.knowsBoth(0);
    await this.fault('accept-no-answer', 1);
    void this.pay(dying, 'press');
    await until(async () => (await this.states()).includes('delivering'), 'it is ordered');
    await pause(200);
    await dying.kill();
  }

  /** Goes wrong with the next orders at "press". */
  async fault(fault: string, times: number): Promise<void> {
    await this.lane.providerControl('press', 'POST', '/control/faults', { fault, times });
  }

  /** The states of all payments, oldest first. */
  async states(): Promise<string[]> {
    return this.lane.database('payments').orderBy('id').pluck<string[]>('state');
  }

  async settled(): Promise<void> {
    await until(async () => !(await this.lane.hasUnfinished()), 'all payments come to rest', settleMs);
  }

  async breaks(): Promise<readonly Break[]> {
    return audited(this.lane, []);
  }

  #press(): string {
    return providersSetting({ press: { url: this.lane.urlOf('press'), timeoutMs: 350 } });
  }

  async #start(node: number, env: Readonly<Record<string, string>>): Promise<PayerProcess> {
    const process = this.lane.startPayer(this.#build, node, unarmed, env);
    await process.ready;
    return process;
  }
}

describe('payments of two providers in one database', function () {
  this.timeout(180_000);
  const folder = join(faultsDir, `${process.pid}-two-providers`);
  const product = join(folder, 'product');
  let lane: Lane;
  let town: Town;

  before(async () => {
    mkdirSync(folder, { recursive: true });
    buildProduct(product);
    lane = await Lane.start(join(folder, 'lane'), product, undefined, ['press']);
    town = new Town(lane, product);
  });
  afterEach(async () => {
    await lane.killPayers();
    await lane.heal();
    await lane.forget();
  });
  after(async () => lane.stop());

  it('are each paid and booked at their own', async () => {
    const both = await town.knowsBoth(0);
    assert.deepEqual(await Promise.all([town.pay(both, 'press'), town.pay(both, 'carrier')]), [
      'paid',
      'paid',
    ]);
    await town.settled();
    assert.deepEqual(await town.breaks(), []);
    const accounts = await lane
      .database('ledger_entries')
      .distinct('account')
      .orderBy('account')
      .pluck('account');
    assert.deepEqual(accounts, ['bank-clearing/unionpay', 'provider:carrier', 'provider:press']);
  });

  it('are never reversed by a process that knows the other provider only, and end once one that knows theirs is there', async () => {
    await town.leaveDelivered();
    await town.knowsOnlyTheCarrier(1);
    await pause(longEnoughMs);
    assert.deepEqual(await town.states(), ['delivering']);
    await town.knowsOnlyPress(0);
    await town.settled();
    assert.deepEqual(await town.states(), ['completed']);
    assert.deepEqual(await town.breaks(), []);
  });

  it('wait for a provider that is away, hold up no other, and end as it says at its new address', async () => {
    const both = await town.knowsBoth(0);
    // One that it did and one that it never got: neither is answered.
    await town.fault('accept-no-answer', 1);
    const delivered = town.pay(both, 'press');
    await until(async () => (await town.states()).includes('delivering'), 'the first is ordered');
    await town.fault('no-answer', 1);
    const lost = town.pay(both, 'press');
    await until(async () => (await town.states()).join() === 'delivering,delivering', 'both are ordered');
    await pause(200);
    await lane.stopProvider('press');
    assert.equal(await town.pay(both, 'carrier'), 'paid');
    assert.deepEqual(await Promise.all([delivered, lost]), ['unresolved', 'unresolved']);
    await pause(longEnoughMs);
    assert.deepEqual(await town.states(), ['delivering', 'delivering', 'completed']);
    await lane.startProvider('press');
    // The process with the old address goes on beside the one with the new address.
    await town.knowsOnlyPress(1);
    await town.settled();
    assert.deepEqual(await town.states(), ['completed', 'reversed', 'completed']);
    assert.deepEqual(await town.breaks(), []);
    assert.equal(both.hasEnded, false);
  });

  it('show a product that asks another provider than the payment names', async () => {
    const broken = join(folder, 'broken');
    buildBroken(product, broken, asksAnotherProvider.patches);
    const wrong = new Town(lane, broken);
    await wrong.leaveDelivered();
    await wrong.knowsOnlyTheCarrier(1);
    await until(
      async () => (await wrong.states()).includes('reversing'),
      'the wrong one was asked',
      settleMs,
    );
    await wrong.knowsBoth(0);
    await wrong.settled();
    const found = new Set((await wrong.breaks()).map(({ invariant }) => invariant));
    assert.ok(
      asksAnotherProvider.breaks.some((invariant) => found.has(invariant)),
      [...found].join(),
    );
  });
});
