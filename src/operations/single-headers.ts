import type { IncomingMessage } from 'node:http';
import type { Problem } from './problem.js';

/** Headers that are read here and count once: Node joins some that come twice, and drops others unseen. */
const singleHeaders = [
  'Authorization',
  'Content-Type',
  'Content-Length',
  'Content-Encoding',
  'Transfer-Encoding',
  'Idempotency-Key',
  'Last-Event-ID',
] as const;

/** Returns the problem of a request that carries one of these headers more than once. */
export function headersTwice({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): Problem | undefined {
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  const twice = singleHeaders.filter(
    (header) => names.filter((name) => name === header.toLowerCase()).length > 1,
  );
  return twice.length === 0
    ? undefined
    : { problem: 'bad-request', errors: twice.map((header) => ({ header, detail: 'must come once' })) };
}
