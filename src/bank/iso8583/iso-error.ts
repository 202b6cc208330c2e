/**
 * A message that breaks its profile. `path` names where ("field 60", "field 2 length", "bitmap"); neither
 * the path nor the text ever holds what was read, so that the error may be logged as it is.
 */
export class IsoError extends Error {
  override readonly name = 'IsoError';
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`${path}: ${problem}`);
    this.path = path;
  }
}
