import { inspect } from 'node:util';

/** Fields by number, 2–128. Field 1 is the secondary bitmap: the codec makes it, nobody gives it. */
export type IsoFields = Readonly<Partial<Record<number, string>>>;

/**
 * One message without its wire form. Numeric fields are digits, text fields are text, track fields are
 * digits and "=", binary fields are upper-case hexadecimal.
 */
export type IsoMessage = {
  /** Message type indicator, 4 digits (ISO 8583:1987). */
  readonly mti: string;
  readonly fields: IsoFields;
};

/**
 * Returns a message whose fields do not print: inspecting or serialising it shows their numbers only, so
 * that a message that strays into a log takes no card number with it. `describe` is the way to show one.
 */
export function isoMessage(mti: string, fields: IsoFields): IsoMessage {
  const concealed = { ...fields };
  const numbersOnly = () => `[fields ${Object.keys(concealed).join(' ')}]`;
  Object.defineProperty(concealed, 'toJSON', { value: numbersOnly });
  Object.defineProperty(concealed, inspect.custom, { value: numbersOnly });
  return { mti, fields: concealed };
}
