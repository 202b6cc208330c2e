import type { Log } from '../../src/log.js';

/** A log that keeps its lines as "LEVEL message {fields}". */
export class RecordedLog implements Log {
  readonly lines: string[] = [];

  debug(fields: object, message: string): void {
    this.#keep('DEBUG', fields, message);
  }

  info(fields: object, message: string): void {
    this.#keep('INFO', fields, message);
  }

  warn(fields: object, message: string): void {
    this.#keep('WARN', fields, message);
  }

  error(fields: object, message: string): void {
    this.#keep('ERROR', fields, message);
  }

  #keep(level: string, fields: object, message: string): void {
    this.lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  }
}
