/** One recording that should be heard. */
export type ExpectedSound = {
  readonly name: string;
  /** 8 kHz, 16 bit. A silent recording stands for a pause of at least its length. */
  readonly samples: Int16Array;
  /** The caller may have cut it short by a key: at least 300 ms of it must be heard. */
  readonly mayBeCut?: boolean | undefined;
  /** A key may have ended the line before it began. When it is heard, it follows within 1.5 s. */
  readonly mayBeMissing?: boolean | undefined;
};
