import assert from 'node:assert/strict';
import fc from 'fast-check';
import sinon from 'sinon';
import { Playback } from '../../../src/call/asterisk/playback.js';
import { FakeAri } from '../../support/fake-ari.js';
import { RecordedLog } from '../../support/recorded-log.js';
import { isSettled, settle } from '../../support/settle.js';

const media = ['sound:walletline/en/one', 'sound:walletline/en/two'];

describe('a playback', () => {
  let ari: FakeAri;
  let log: RecordedLog;
  let playback: Playback;

  beforeEach(() => {
    ari = new FakeAri();
    log = new RecordedLog();
    playback = new Playback(ari, 'channel-1', log);
  });

  const finish = (): void => playback.finished(ari.lastPlaybackId);

  it('plays a list in one request and ends when Asterisk says that it is over', async () => {
    const end = playback.play(media);
    await settle();
    finish();
    assert.equal(await end, 'finished');
    assert.deepEqual(ari.requests, ['play one+two']);
  });

  it('ends when the finish is told before the request is answered', async () => {
    const release = ari.hold('play');
    const end = playback.play(media);
    finish();
    release('done');
    assert.equal(await end, 'finished');
    assert.deepEqual(ari.requests, ['play one+two']);
  });

  it('passes over the finish of another playback', async () => {
    const end = playback.play(media);
    await settle();
    playback.finished('another');
    assert.equal(await isSettled(end), false);
    finish();
    await end;
  });

  it('tells Asterisk to stop, and does not wait for it', async () => {
    const end = playback.play(media);
    await settle();
    ari.hold('stop');
    playback.stop();
    assert.equal(await end, 'stopped');
    assert.deepEqual(ari.requests, ['play one+two', 'stop 1']);
  });

  it('stops what Asterisk had not accepted yet as soon as it has', async () => {
    const release = ari.hold('play');
    const end = playback.play(media);
    playback.stop();
    assert.equal(await end, 'stopped');
    assert.deepEqual(ari.requests, ['play one+two']);
    release('done');
    await settle();
    assert.deepEqual(ari.requests, ['play one+two', 'stop 1']);
  });

  it('takes it calmly that what it stops is over already', async () => {
    ari.answersTo.stop = 'gone';
    const end = playback.play(media);
    await settle();
    playback.stop();
    finish();
    playback.stop();
    assert.equal(await end, 'stopped');
    await settle();
    assert.deepEqual(ari.requests, ['play one+two', 'stop 1']);
    assert.deepEqual(log.lines, []);
  });

  it('says so when there is no channel any more', async () => {
    ari.answersTo.play = 'gone';
    assert.equal(await playback.play(media), 'gone');
  });

  it('asks nothing more of a channel that is gone', async () => {
    const release = ari.hold('play');
    const end = playback.play(media);
    playback.channelGone();
    await end;
    release('fault');
    await settle();
    assert.deepEqual(ari.requests, ['play one+two']);
    assert.deepEqual(log.lines, []);
  });

  it('rejects when Asterisk cannot play', async () => {
    ari.answersTo.play = 'fault';
    await assert.rejects(playback.play(media), /refused/);
  });

  it('splits a list that is too long for one request, and leaves no word out', async () => {
    const many = Array.from({ length: 120 }, (_, index) => `sound:walletline/en/${'x'.repeat(40)}-${index}`);
    const end = playback.play(many);
    for (let part = 0; part < 10; part += 1) {
      await settle();
      finish();
    }
    assert.equal(await end, 'finished');
    assert.ok(ari.requests.length > 1 && ari.requests.length < 10);
    const played = ari.requests.flatMap((request) => request.slice('play '.length).split('+'));
    assert.deepEqual(
      played,
      many.map((name) => name.slice('sound:walletline/en/'.length)),
    );
  });

  it('finds out by itself that a finish was never told', async () => {
    const time = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const end = playback.play(media);
      await settle();
      ari.livePlaybacks = new Set(ari.playbackIds);
      time.tick(30_000);
      assert.equal(await isSettled(end), false);
      ari.livePlaybacks = new Set();
      time.tick(30_000);
      assert.equal(await end, 'finished');
      assert.equal(time.countTimers(), 0);
    } finally {
      time.restore();
    }
  });

  it('ends in whatever order things happen, and never leaves a prompt playing that was stopped', async () => {
    const happenings = ['accepted', 'refused', 'finished', 'stop', 'gone', 'check'] as const;
    const orders = fc.shuffledSubarray([...happenings], { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(orders, async (order) => {
        const fake = new FakeAri();
        const tried = new Playback(fake, 'channel-1', new RecordedLog());
        const release = fake.hold('play');
        const end = tried.play(media).catch(() => 'rejected');
        for (const happening of order) {
          await settle();
          if (happening === 'accepted') {
            release('done');
          } else if (happening === 'refused') {
            release('fault');
          } else if (happening === 'finished') {
            tried.finished(fake.lastPlaybackId);
          } else if (happening === 'stop') {
            tried.stop();
          } else if (happening === 'gone') {
            tried.channelGone();
          } else {
            await tried.check();
          }
        }
        release('done');
        await settle();
        tried.finished(fake.lastPlaybackId);
        await end;
        const [decision] = order.filter((one) => one === 'accepted' || one === 'refused');
        const first = order.find((one) => ['finished', 'stop', 'gone', 'check'].includes(one));
        if (first === 'stop' && decision !== 'refused' && !order.includes('gone')) {
          assert.ok(fake.requests.includes('stop 1'));
        }
      }),
    );
  });
});
