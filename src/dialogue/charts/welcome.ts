import type { Arrival } from '../arrival.js';
import { type Said, says, saysOneOf } from '../prompt.js';

/** The first words of a call; whoever was talking with an agent a moment ago hears others. */
export function welcomes<C>(entry: (context: C) => Arrival['entry']): Said<C> {
  return saysOneOf<C, Arrival['entry']>(
    { direct: says('welcome'), transfer: says('welcome.transferred') },
    entry,
  );
}
