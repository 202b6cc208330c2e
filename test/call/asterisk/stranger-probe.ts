/**
 * Run by stranger.lab.test.ts in a network namespace of its own: a stranger sends a key to a call whose caller has
 * sent nothing yet, then the caller presses two. Prints the keys that arrive at the application, first without
 * and then with the rules of dialplan/rtp-guard.nft.sample, as one line of JSON.
 */
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { KeyStream } from './key-stream.js';
import { MediaLab, pressed } from './media-lab.js';
import { rtpPacket } from './rtp-phone.js';

const strangersAddress = '127.0.0.66';
const strangersSource = 99;

/** Sends the key 9, with voice before and after it, from an address that no SDP names. */
async function strangerPresses(port: number): Promise<void> {
  const socket = createSocket('udp4').bind(0, strangersAddress);
  await once(socket, 'listening');
  const stream = new KeyStream(500);
  for (let sequence = 0; sequence < 50; sequence += 1) {
    if (sequence === 15) {
      stream.press('9');
    }
    for (const packet of stream.next()) {
      socket.send(rtpPacket(packet, sequence, strangersSource), port, '127.0.0.1');
    }
    await pause(20);
  }
  socket.close();
}

async function keysOfCall(lab: MediaLab): Promise<string> {
  const both = await lab.call({ isSilent: true });
  const keys = await lab.keysOf(both, async () => {
    await strangerPresses(both.phone.mediaPort);
    await pressed(both.phone, '12#');
  });
  lab.hangUp();
  return keys;
}

function guard({ rtpStart, rtpEnd }: MediaLab['ports']): void {
  const rules = readFileSync('dialplan/rtp-guard.nft.sample', 'utf8')
    .replace('10000-19999', `${rtpStart}-${rtpEnd}`)
    .replace('192.0.2.0/28', '127.0.0.1');
  const { status, stderr } = spawnSync('nft', ['-f', '-'], { input: rules, encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`nft did not take the rules: ${stderr}`);
  }
}

const lab = await MediaLab.start();
try {
  const unguarded = await keysOfCall(lab);
  guard(lab.ports);
  const guarded = await keysOfCall(lab);
  process.stdout.write(`${JSON.stringify({ unguarded, guarded })}\n`);
} finally {
  await lab.stop();
}
