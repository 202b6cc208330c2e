import assert from 'node:assert/strict';
import type { Conversations, NewConversation } from '../../src/conversation/conversations.js';
import { type Frames, framesVersion } from '../../src/dialogue/frames.js';
import type { FakeClock } from '../support/fake-clock.js';

const minute = 60_000;
const keptMs = 10 * minute;

type Started = {
  readonly conversations: Conversations;
  readonly clock: FakeClock;
  /** Ends a call that was broken off there. */
  readonly breakOff: (conversation: NewConversation) => Promise<void>;
};

/** The behaviour that whoever keeps conversations is held to. `start` gives a view of the same ones each time. */
export function describeConversations(name: string, start: () => Started): void {
  describe(`${name} as conversations that were broken off or handed over`, () => {
    let conversations: Conversations;
    let clock: FakeClock;
    let breakOff: Started['breakOff'];
    let phones = 0;
    let wallet = '';

    const frames = (state: string): Frames => ({
      version: framesVersion,
      stack: [
        {
          chart: 'conversation',
          state,
          context: {
            ...{ language: 'en', pace: 'normal', leaving: undefined },
            tries: { silence: 0, nomatch: 1, repeats: 0, ask: 'first' },
          },
        },
      ],
    });
    const broken = (given: Partial<NewConversation> = {}): NewConversation => ({
      ...{ channel: 'voice', address: `channel of ${wallet}`, wallet, step: 7, keptMs },
      frames: frames('service:recharge'),
      ...given,
    });
    const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

    beforeEach(() => {
      ({ conversations, clock, breakOff } = start());
      phones += 1;
      wallet = String(13_700_000_000 + phones);
    });

    it('gives back what was broken off, as it was, to whoever has its number', async () => {
      await breakOff(broken());
      const found = await conversations.findBroken(wallet);
      assert.deepEqual(found?.frames, asJson(frames('service:recharge')));
      assert.equal(await conversations.findBroken('13600000000'), undefined);
    });

    it('lets one of two take it, and offers it to nobody afterwards', async () => {
      await breakOff(broken());
      const { id } = (await conversations.findBroken(wallet)) ?? { id: '' };
      const taken = await Promise.all([
        conversations.take(id, 'gone-on'),
        conversations.take(id, 'gone-on'),
        conversations.take(id, 'declined'),
      ]);
      assert.equal(taken.filter(Boolean).length, 1);
      assert.equal(await conversations.take(id, 'gone-on'), false);
      assert.equal(await conversations.findBroken(wallet), undefined);
      assert.equal(await conversations.take('no such conversation', 'gone-on'), false);
    });

    it('offers the latest only: with it, what was broken off before is done with', async () => {
      await breakOff(broken({ frames: frames('service:bill') }));
      clock.advance(1);
      await breakOff(broken());
      const found = await conversations.findBroken(wallet);
      assert.equal(found?.frames.stack[0]?.state, 'service:recharge');
      assert.equal(await conversations.take(found.id, 'declined'), true);
      assert.equal(await conversations.findBroken(wallet), undefined);
    });

    it('forgets it when its time is over, also for whoever has found it before', async () => {
      await breakOff(broken());
      clock.advance(keptMs - 1);
      const found = await conversations.findBroken(wallet);
      assert.ok(found !== undefined);
      clock.advance(1);
      assert.equal(await conversations.findBroken(wallet), undefined);
      assert.equal(await conversations.take(found.id, 'gone-on'), false);
    });

    it('deletes what has expired, and nothing else', async () => {
      await conversations.prune();
      await breakOff(broken());
      await conversations.handOver(broken({ keptMs: 2 * keptMs }));
      clock.advance(keptMs);
      assert.equal(await conversations.prune(), 1);
      assert.equal(await conversations.prune(), 0);
      assert.ok((await conversations.takeHandedOver(`channel of ${wallet}`)) !== undefined);
    });

    it('does not return frames of another version', async () => {
      const others = { ...frames('service:recharge'), version: framesVersion + 1 };
      await breakOff(broken({ frames: others }));
      await conversations.handOver(broken({ frames: others }));
      assert.equal(await conversations.findBroken(wallet), undefined);
      assert.equal(await conversations.takeHandedOver(`channel of ${wallet}`), undefined);
    });

    it('gives what was handed over to whoever has the address, once, and offers it to no other call', async () => {
      await conversations.handOver(broken({ wallet: undefined, frames: frames('mainMenu') }));
      await conversations.handOver(broken({ address: 'another channel' }));
      assert.equal(await conversations.findBroken(wallet), undefined);
      const taken = await Promise.all([
        conversations.takeHandedOver(`channel of ${wallet}`),
        conversations.takeHandedOver(`channel of ${wallet}`),
      ]);
      assert.equal(taken.filter((each) => each !== undefined).length, 1);
      assert.equal(taken.find((each) => each !== undefined)?.stack[0]?.state, 'mainMenu');
      assert.equal(await conversations.takeHandedOver('no such channel'), undefined);
      clock.advance(keptMs);
      assert.equal(await conversations.takeHandedOver('another channel'), undefined);
    });

    it('gives what was handed over last, when it happens twice in one call', async () => {
      await conversations.handOver(broken({ frames: frames('mainMenu') }));
      assert.ok((await conversations.takeHandedOver(`channel of ${wallet}`)) !== undefined);
      clock.advance(1);
      await conversations.handOver(broken({ frames: frames('askAnother') }));
      const again = await conversations.takeHandedOver(`channel of ${wallet}`);
      assert.equal(again?.stack[0]?.state, 'askAnother');
    });
  });
}
