/** How many are remembered: more than can be found again at once. */
const remembered = 10_000;

/** The channels whose lines are over, in case one of them is found again: the latest ones only. */
export class PastLines {
  readonly #channelIds = new Set<string>();

  has(channelId: string): boolean {
    return this.#channelIds.has(channelId);
  }

  add(channelId: string): void {
    this.#channelIds.add(channelId);
    for (const oldest of this.#channelIds) {
      if (this.#channelIds.size <= remembered) {
        break;
      }
      this.#channelIds.delete(oldest);
    }
  }

  /** The channel has come back to us: its line is a new one. */
  forget(channelId: string): void {
    this.#channelIds.delete(channelId);
  }
}
