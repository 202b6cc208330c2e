import { createRequire } from 'node:module';
import { hostOf } from '../../address.js';

/**
 * shred, which sends the requests of ari-client, takes addresses apart by a pattern that knows no IPv6. It is
 * given another reader of addresses here. Import this before ari-client, which keeps what it finds.
 */
const belowAriClient = createRequire(createRequire(import.meta.url).resolve('ari-client'));
const belowSwaggerClient = createRequire(belowAriClient.resolve('swagger-client'));
const belowShred = createRequire(belowSwaggerClient.resolve('shred'));
const readerPath = belowShred.resolve('./shred/parseUri');
belowShred(readerPath);
const reader = belowShred.cache[readerPath];
if (reader === undefined) {
  throw new Error('shred is not the version that this was written for');
}
reader.exports = (text: string) => {
  const url = new URL(text);
  return {
    protocol: url.protocol.slice(0, -1),
    host: hostOf(url),
    port: url.port,
    path: url.pathname,
    query: url.search.slice(1),
  };
};
