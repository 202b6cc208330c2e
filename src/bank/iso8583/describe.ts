import { sizeOf } from './field-codec.js';
import type { IsoMessage } from './message.js';
import type { FieldRule, Profile } from './profile.js';

/**
 * Returns the message for a person, a line a field, with what nobody may see masked: the card number to its
 * first six and last four digits (PCI DSS 3.4), and nothing but the size of expiry, tracks, PIN block, keys
 * and MAC. A field that its profile does not say may be shown is hidden.
 */
export function describe(message: IsoMessage, profile: Profile): string {
  const masked = maskedFields(message, profile);
  const lines = Object.entries(masked).map(([number, value]) => {
    const name = profile.fields[Number(number)]?.name ?? 'not in the profile';
    return `${number.padStart(3)}  ${name.padEnd(48)}  ${value}`;
  });
  return [`MTI  ${/^\d{4}$/.test(message.mti) ? message.mti : '(not 4 digits)'}`, ...lines].join('\n');
}

/** Returns what `describe` shows, by field number: for records of a conversation. */
export function maskedFields(message: IsoMessage, profile: Profile): Readonly<Record<string, string>> {
  const secrets = secretsOf(message, profile);
  const masked: Record<string, string> = {};
  for (const [number, value] of Object.entries(message.fields)) {
    if (value !== undefined) {
      masked[number] = mask(profile.fields[Number(number)], value, secrets);
    }
  }
  return masked;
}

/** Returns a card number as first six and last four; a number too short to hide that way is hidden whole. */
export function maskPan(pan: string): string {
  return pan.length < 13 ? '*'.repeat(pan.length) : hideMiddle(pan);
}

function mask(rule: FieldRule | undefined, value: string, secrets: readonly string[]): string {
  switch (rule?.display) {
    case undefined:
      return `(hidden, ${value.length} characters)`;
    case 'hidden':
      return `(hidden, ${sizeOf(rule, value)} ${rule.content === 'b' ? 'bytes' : 'characters'})`;
    case 'pan':
      return printable(maskPan(value));
    case 'text':
      return printable(withoutCardNumbers(withoutSecrets(value, secrets)));
    case 'open':
      return printable(withoutSecrets(value, secrets));
  }
}

/** Returns the values that must not show inside another field either: a host may echo them anywhere. */
function secretsOf(message: IsoMessage, profile: Profile): string[] {
  return Object.entries(message.fields).flatMap(([number, value]) => {
    const display = profile.fields[Number(number)]?.display ?? 'hidden';
    // A value of a few characters, such as an expiry, would be found in every amount.
    if (value === undefined || value.length < 12 || (display !== 'hidden' && display !== 'pan')) {
      return [];
    }
    return [value, ...(value.match(/\d{13,19}/g) ?? [])];
  });
}

function withoutSecrets(value: string, secrets: readonly string[]): string {
  return secrets.reduce((text, secret) => text.replaceAll(secret, '*'.repeat(secret.length)), value);
}

/** Masks every 13 or more digits in a row, spaced, dashed or full-width. */
function withoutCardNumbers(text: string): string {
  return text.normalize('NFKC').replace(/\d(?:[ -]?\d){12,}/g, hideMiddle);
}

function hideMiddle(digits: string): string {
  return `${digits.slice(0, 6)}${'*'.repeat(digits.length - 10)}${digits.slice(-4)}`;
}

/** A bank's text is data: control and invisible characters must not reach a terminal or forge a log line. */
function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}
