import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Delivery, Listen } from '../../../src/dialogue/line.js';
import { withSecondTry } from '../../calls/harness/second-try.js';
import { until } from '../../support/until.js';
import { type BothEnds, MediaLab, pressed, promptsPitch, question } from './media-lab.js';
import type { MediaDirection, PhoneHabits } from './rtp-phone.js';

const secretly: Delivery = { interruptible: true, dropsTypeAhead: true };
const pin: Listen = { for: 'secret', kind: 'card-pin', length: 6 };
/** As the shipped site.conf, but for a time-out that a test can wait for. */
const rtpTimeoutSeconds = 4;
const audible = 3_000;
/** A timestamp so long before it begins again at 0. */
const beforeWrap = (ms: number): number => 2 ** 32 - ms * 8;

function given(answer: Answer): string {
  assert.ok(answer.type === 'secret', answer.type);
  return answer.secret.open((digits) => digits.toString('ascii'));
}

describe('keys of phones as they are, on a real Asterisk', function () {
  this.timeout(60_000);
  let lab: MediaLab;

  before(async () => {
    lab = await MediaLab.start({ site: { 'site-trunk': { rtp_timeout: String(rtpTimeoutSeconds) } } });
  });
  after(() => lab.stop());
  afterEach(() => lab.hangUp());

  async function keysOfPhone(habits: PhoneHabits, keys: string): Promise<string> {
    const both = await lab.call(habits);
    return lab.keysOf(both, () => both.phone.press(`${keys}#`));
  }

  it('arrive once each, equal ones too', async () => {
    assert.equal(await keysOfPhone({}, '11223344550'), '11223344550');
  });

  it('arrive as tones of a phone that offers no telephone-event', async () => {
    assert.equal(await keysOfPhone({ offersNoEvents: true, inBand: true }, '1234567890112'), '1234567890112');
  });

  it('arrive once of a phone that sends each in a SIP message as well', async () => {
    const both = await lab.call();
    const keys = await lab.keysOf(both, async () => {
      for (const key of '1122#') {
        both.phone.sendInfo(key);
        await pressed(both.phone, key);
      }
    });
    assert.equal(keys, '1122');
  });

  it('arrive when they are as short and as near to each other as a machine dials them', async () => {
    // With a pause of two packets the last end packet of a key comes behind the first of the next, and Asterisk tells
    // of the key twice: such a dialler's equal keys cannot be told from a gateway's repetitions.
    for (const [keyPackets, pausePackets] of [
      [5, 3],
      [4, 4],
      [4, 3],
    ] as const) {
      // The phone's packets are timed by this process, which a busy machine lets stand still for a moment.
      await withSecondTry(`keys of ${keyPackets} packets, ${pausePackets} apart`, async () => {
        assert.equal(await keysOfPhone({ keyPackets, pausePackets }, '1112223'), '1112223');
      });
    }
  });

  it('arrive after the far end has changed its source, wherever its timestamps go on', async () => {
    const both = await lab.call({ firstTimestamp: 2 ** 31 });
    const keys = await lab.keysOf(both, async () => {
      await pressed(both.phone, '12');
      both.phone.jumpTo(1_000, { newSource: true });
      await pressed(both.phone, '345');
      both.phone.jumpTo(2 ** 30, { newSource: true });
      await pressed(both.phone, '6#');
    });
    assert.equal(keys, '123456');
  });

  it('arrive once each of a phone whose keys are a source of their own', async () => {
    assert.equal(await keysOfPhone({ eventsApart: true }, '112233'), '112233');
  });

  it('arrive once each of a phone that counts its timestamps on at the end of a key', async () => {
    const both = await lab.call({ endsAdvance: true });
    const keys = await lab.keysOf(both, async () => {
      for (const key of '112233#') {
        await pressed(both.phone, key);
        await pause(400);
      }
    });
    assert.equal(keys, '112233');
  });

  // Asterisk's own fault: docs/asterisk-rfc4733-timestamps.md. When this fails, it is mended there.
  it('are lost after timestamps begin again at 0, until the far end offers its media anew', async () => {
    const both = await lab.call({ firstTimestamp: beforeWrap(2_000) });
    const keys = await lab.keysOf(both, async () => {
      await pressed(both.phone, '12');
      await until(() => both.phone.timestamp < 2 ** 31, 'the timestamps have begun again');
      await pressed(both.phone, '34');
      await both.phone.offers('sendrecv');
      await pressed(both.phone, '56#');
    });
    assert.equal(keys, '1256');
  });

  it('are a sign of life of a phone that sends nothing else', async () => {
    const both = await lab.call({ isSilent: true });
    const keys = await lab.keysOf(both, async () => {
      for (const key of '12345') {
        await pressed(both.phone, key);
        await pause((rtpTimeoutSeconds * 1_000) / 2);
      }
      await pressed(both.phone, '#');
    });
    assert.equal(keys, '12345');
    const begunMs = performance.now();
    await both.call.ended;
    assert.ok(performance.now() - begunMs < 3_000 * rtpTimeoutSeconds, 'a phone that is dead holds no line');
  });

  describe('on hold', () => {
    /** Puts us on hold while the PIN is asked, and comes back. */
    async function holds({ phone, call }: BothEnds, direction: MediaDirection): Promise<string> {
      const answer = call.answers(question, secretly, pin);
      await heard(phone);
      await pressed(phone, '13');
      await phone.offers(direction);
      // Music of whoever put us on hold can hold anything.
      await pressed(phone, '579024');
      await pause(5_500);
      await phone.offers('sendrecv');
      await heard(phone);
      await pause(1_100);
      await pressed(phone, '864209');
      return given(await answer);
    }

    async function heard(phone: BothEnds['phone']): Promise<void> {
      await until(() => phone.loudness(promptsPitch, 200) > audible, 'the question is heard');
      await until(() => phone.loudness(promptsPitch, 200) < 50, 'the question is over');
    }

    for (const direction of ['sendonly', 'inactive', 'zero-address'] as const) {
      it(`is waited for and asked again: ${direction}`, async () => {
        assert.equal(await holds(await lab.call(), direction), '864209');
      });
    }
  });
});

describe('keys of a trunk that sends them as tones only, on a real Asterisk', function () {
  this.timeout(60_000);
  let lab: MediaLab;

  before(async () => {
    lab = await MediaLab.start({ site: { 'site-trunk': { dtmf_mode: 'inband' } } });
  });
  after(() => lab.stop());
  afterEach(() => lab.hangUp());

  it('arrive whatever its timestamps do', async () => {
    const both = await lab.call({ inBand: true, firstTimestamp: beforeWrap(2_000) });
    assert.equal(both.phone.maySendEvents, false);
    const keys = await lab.keysOf(both, async () => {
      await pressed(both.phone, '11');
      await until(() => both.phone.timestamp < 2 ** 31, 'the timestamps have begun again');
      await pressed(both.phone, '334');
      both.phone.jumpTo(2 ** 31);
      await pressed(both.phone, '5');
      both.phone.jumpTo(1_000);
      await pressed(both.phone, '6#');
    });
    assert.equal(keys, '1133456');
  });
});

describe('keys of a trunk that sends them in SIP messages, on a real Asterisk', function () {
  this.timeout(60_000);
  let lab: MediaLab;

  before(async () => {
    lab = await MediaLab.start({
      site: { 'site-trunk': { dtmf_mode: 'info' } },
      modules: ['res_pjsip_dtmf_info.so'],
    });
  });
  after(() => lab.stop());
  afterEach(() => lab.hangUp());

  it('arrive once each, and the phone is told to send no others', async () => {
    const both = await lab.call();
    assert.equal(both.phone.maySendEvents, false);
    const keys = await lab.keysOf(both, async () => {
      for (const key of '1122#') {
        both.phone.sendInfo(key);
        await pause(300);
      }
    });
    assert.equal(keys, '1122');
  });
});
