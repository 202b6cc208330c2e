import { pino } from 'pino';
import { logOutput } from './log-output.js';

/** A structured logger: a static message, and fields. ERROR means that someone must act. */
export type Log = {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};

/** Levels a log can be set to, most talkative first. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;

/** Fields that never reach a log line whoever passes them, at the top level or one level down. */
const forbiddenFields = [
  'digit',
  'digits',
  'keys',
  'pin',
  'pinBlock',
  'pan',
  'cardNumber',
  'account',
  'password',
  'secret',
  'callerNumber',
  'phone',
  'target',
];

/**
 * Returns a JSON logger on standard output with the forbidden fields replaced by "***". Whoever must name
 * a phone number logs `maskPhone(number)` under the field `caller`.
 */
export function createLog(level: (typeof logLevels)[number]): Log {
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: forbiddenFields.flatMap((field) => [field, `*.${field}`]), censor: '***' },
  };
  // Not pino's own: that ends or hangs the process when the disk is full.
  const logger = pino(options, logOutput());
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  };
}

/** Returns a phone number with its middle hidden, e.g. "138****8000"; fewer than 7 digits are hidden whole. */
export function maskPhone(number: string | undefined): string {
  if (number === undefined || number.length < 7) {
    return '***';
  }
  return `${number.slice(0, 3)}****${number.slice(-4)}`;
}
