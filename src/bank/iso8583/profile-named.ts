import type { Profile } from './profile.js';
import { ascii1987Profile } from './profiles/ascii-1987.js';
import { unionpayProfile } from './profiles/unionpay.js';

/** The profiles that are built in. */
export const profiles: readonly Profile[] = [unionpayProfile, ascii1987Profile];

/**
 * Returns the built-in profile of this name.
 * @throws RangeError, naming those there are, when there is none.
 */
export function profileNamed(name: string): Profile {
  const profile = profiles.find((candidate) => candidate.name === name);
  if (profile === undefined) {
    throw new RangeError(`no such profile; there are ${profiles.map((each) => each.name).join(', ')}`);
  }
  return profile;
}
