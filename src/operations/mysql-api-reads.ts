import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../database/database.js';
import type { ApiReads } from './api-reads.js';

/** Reads through the API, written down in MySQL. */
export class MysqlApiReads implements ApiReads {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async append({ user, what, subjectId, at }: Parameters<ApiReads['append']>[0]): Promise<void> {
    await this.#database('api_reads').insert({
      id: uuidv7(),
      who: user.name,
      role: user.role,
      what,
      subject_id: subjectId,
      at,
    });
  }
}
