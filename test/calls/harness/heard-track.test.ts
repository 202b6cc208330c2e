import assert from 'node:assert/strict';
import { HeardTrack } from './heard-track.js';
import { parseRtp, parseTelephoneEvent, silentRtp } from './rtp.js';

const loud = 0x10;

/** The nth packet of a stream: 20 ms of one loud PCMU byte. */
function packet(nth: number) {
  return { payloadType: 0, sequence: nth, timestamp: nth * 160, payload: new Uint8Array(160).fill(loud) };
}

describe('putting together what a caller hears', () => {
  it('joins packets that follow each other, also when the switch was late with one', () => {
    const track = new HeardTrack();
    for (const [nth, atMs] of [0, 20, 240, 241, 260].entries()) {
      track.add(packet(nth), 1000 + atMs);
    }
    assert.equal(track.length, 5 * 160);
    assert.equal(track.lostPackets, 0);
    assert.ok(track.from(0).every((sample) => sample !== 0));
  });

  it('knows when each part of it came', () => {
    const track = new HeardTrack();
    track.add(packet(0), 1000);
    track.add(packet(1), 2020);
    assert.equal(track.length, 2 * 160);
    assert.equal(track.arrivalNear(155), 2020);
    assert.equal(track.speechSince(1000), 20);
    assert.equal(track.summary, '0-0 ms, 1020-1020 ms; 0 packets lost');
  });

  it('counts what was lost, and leaves its place empty', () => {
    const track = new HeardTrack();
    track.add(packet(65_535), 1000);
    track.add(packet(65_538 & 0xffff), 1060);
    assert.equal(track.lostPackets, 2);
    assert.equal(track.length, 4 * 160);
    assert.ok(
      track
        .from(160)
        .subarray(0, 320)
        .every((sample) => sample === 0),
    );
  });

  it('counts a packet that came twice, and does not hear it again', () => {
    const track = new HeardTrack();
    track.add(packet(7), 1000);
    track.add(packet(7), 1001);
    assert.equal(track.lostPackets, 1);
    assert.equal(track.length, 160);
  });
});

describe('reading RTP', () => {
  it('reads back a packet of silence', () => {
    const read = parseRtp(silentRtp(8, 3));
    assert.deepEqual(
      [read?.payloadType, read?.sequence, read?.timestamp, read?.payload.length],
      [8, 3, 480, 160],
    );
  });

  it('passes over extensions and contributing sources', () => {
    const bytes = Buffer.concat([
      Buffer.from('91600001000000020000000300000004beef000100000000', 'hex'),
      Buffer.from('aa', 'hex'),
    ]);
    assert.deepEqual([...(parseRtp(bytes)?.payload ?? [])], [0xaa]);
  });

  it('takes no STUN for RTP', () => {
    assert.equal(parseRtp(Buffer.alloc(20)), undefined);
  });

  it('reads keys and their ends (RFC 4733)', () => {
    assert.deepEqual(parseTelephoneEvent(Buffer.from('058a0640', 'hex')), { key: '5', ended: true });
    assert.deepEqual(parseTelephoneEvent(Buffer.from('0b0a00a0', 'hex')), { key: '#', ended: false });
    assert.equal(parseTelephoneEvent(Buffer.from('0b0a', 'hex')), undefined);
    assert.equal(parseTelephoneEvent(Buffer.from('200a00a0', 'hex')), undefined);
  });
});
