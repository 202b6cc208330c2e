import type { Arrival } from '../arrival.js';
import { says } from '../prompt.js';
import { type Said, saysOneOf } from '../said.js';

/** The first words of a call; whoever was talking with an agent a moment ago hears others. */
export function welcomes<C>(entry: (context: C) => Arrival['entry']): Said<C> {
  return saysOneOf<C, Arrival['entry']>(
    { direct: says('welcome'), transfer: says('welcome.transferred') },
    entry,
  );
}
