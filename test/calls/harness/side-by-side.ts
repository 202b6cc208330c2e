/**
 * Declares tests whose calls go on at the same time, as callers do; each is reported by itself. Calls last
 * many seconds, so that one after the other they would take too long.
 */
export function sideBySide(tests: Readonly<Record<string, () => Promise<void>>>): void {
  const running = new Map<string, Promise<void>>();
  before('the calls begin', () => {
    for (const [title, run] of Object.entries(tests)) {
      const call = run();
      // Its test reports it.
      call.catch(() => undefined);
      running.set(title, call);
    }
  });
  for (const title of Object.keys(tests)) {
    it(title, async function () {
      this.timeout(120_000);
      await running.get(title);
    });
  }
}
