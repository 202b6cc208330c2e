/** Does work in lanes: in each lane in order, and so much of it at once. */
export class WorkLanes<T extends { readonly id: string }> {
  readonly #work: (item: T) => Promise<void>;
  readonly #lanes = new Map<string, { waiting: T[]; most: number; busy: number }>();
  readonly #inHand = new Map<string, Promise<void>>();

  /** @param work must not reject. */
  constructor(work: (item: T) => Promise<void>) {
    this.#work = work;
  }

  /**
   * Gives a lane what there is to do now, in order; `most` may be in hand at once. What waited there before is
   * forgotten, and what is in hand already is not begun a second time.
   */
  give(name: string, items: readonly T[], most: number): void {
    const lane = this.#lanes.get(name) ?? { waiting: [], most, busy: 0 };
    this.#lanes.set(name, lane);
    lane.most = most;
    lane.waiting = items.filter(({ id }) => !this.#inHand.has(id));
    this.#begin(name);
  }

  /** Forgets what waits; what is in hand goes on. */
  forget(): void {
    for (const lane of this.#lanes.values()) {
      lane.waiting = [];
    }
  }

  /** Resolves when nothing waits and nothing is in hand. */
  async idle(): Promise<void> {
    while (this.#inHand.size > 0) {
      await Promise.all(this.#inHand.values());
    }
  }

  #begin(name: string): void {
    const lane = this.#lanes.get(name);
    while (lane !== undefined && lane.busy < lane.most) {
      const item = lane.waiting.shift();
      if (item === undefined) {
        return;
      }
      lane.busy += 1;
      const done = this.#work(item).finally(() => {
        lane.busy -= 1;
        this.#inHand.delete(item.id);
        this.#begin(name);
      });
      this.#inHand.set(item.id, done);
    }
  }
}
