// Loaded into a process whose memory a test looks into (`node --expose-gc --import …`): collects all garbage,
// and plants secrets, when it is asked to over a socket in the file system.
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** Keeps what was planted. */
const planted = [];

async function collect() {
  // A second time for what the first one let go of, and a pause for what is swept beside it.
  for (let round = 0; round < 4; round += 1) {
    globalThis.gc();
    await pause(50);
  }
}

async function bodyOf(request) {
  const pieces = [];
  for await (const piece of request) {
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

createServer(async (request, response) => {
  if (request.url === '/plant') {
    planted.push(await bodyOf(request));
  } else {
    await collect();
  }
  response.end();
})
  .listen(process.env['TEST_MEMORY_PROBE'])
  .unref();
