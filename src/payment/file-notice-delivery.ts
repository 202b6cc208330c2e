import { appendFile, chmod } from 'node:fs/promises';
import type { Log } from '../log.js';
import type { Notice, NoticeDelivery } from './notice.js';

/** JSON leaves these in texts, and some readers end a line at them. */
const otherLineEnds = /[\u0085\u2028\u2029]/g;

function oneLine(notice: Notice): string {
  return JSON.stringify(notice).replaceAll(
    otherLineEnds,
    (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Writes each notice as a line of JSON into a file, for a site that has no message centre yet. */
export class FileNoticeDelivery implements NoticeDelivery {
  readonly #file: string;
  readonly #log: Log;
  /** True once nobody else can read the file: it may have been there before, with other rights. */
  #isPrivate = false;

  constructor(file: string, log: Log) {
    this.#file = file;
    this.#log = log;
  }

  async deliver(notice: Notice): Promise<'delivered' | 'failed'> {
    try {
      // It holds phone numbers.
      if (!this.#isPrivate) {
        await appendFile(this.#file, '', { mode: 0o600 });
        await chmod(this.#file, 0o600);
        this.#isPrivate = true;
      }
      await appendFile(this.#file, `${oneLine(notice)}\n`, { mode: 0o600 });
      return 'delivered';
    } catch (error) {
      this.#log.warn({ err: error }, 'a notice could not be written');
      return 'failed';
    }
  }
}
