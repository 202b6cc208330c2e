/** Something that whoever runs the lab can mend: the message is one sentence that ends with the remedy. */
export class LabError extends Error {
  override readonly name = 'LabError';
}
