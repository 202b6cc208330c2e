/** The shapes that several routes share; a shape with an id is named in the OpenAPI document. */
import { z } from 'zod';
import { catalogue } from '../services/catalogue.js';

/** A point in time, ISO 8601 in UTC. */
export const instant = z.iso.datetime({ precision: 3 }).meta({ id: 'Instant' });

export const uuid = z.uuid().meta({ description: 'A UUID.' });

/** The switch's identifier of a line, as Asterisk makes it. */
export const channelId = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/)
  .meta({ description: 'The switch’s identifier of the caller’s line.' });

/** The id of a service that sells something. */
export const service = z.enum(
  catalogue.services.filter(({ sale }) => sale !== undefined).map(({ id }) => id),
);

export const currency = z.literal('CNY');

export const way = z.enum(['blind', 'detour', 'assisted']).meta({
  id: 'Way',
  description:
    '`blind`: the caller goes to pay and the agent is free. `detour`: the agent’s line waits with music and gets the ' +
    'caller back. `assisted`: both stay joined and the agent says what is asked next.',
});

/** A phone number; an auditor sees it with its middle hidden. */
export const phone = z
  .string()
  .nullable()
  .meta({ description: 'Digits; null when it is withheld. Its middle is hidden from an auditor.' });

/** Returns the instant as the API writes it. */
export function iso(at: Date): string {
  return at.toISOString();
}
