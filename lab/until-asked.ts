/** Why a command of the lab ends. */
export type EndReason = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'parent-ended';

/**
 * Resolves when this process is asked to end: by a signal, or because the process that runs it has died
 * (its channel to us closes). A second request ends it at once; the system then kills what it started.
 */
export async function untilAskedToEnd(): Promise<EndReason> {
  return new Promise((resolve) => {
    let asked = false;
    let askedMs = 0;
    const end = (reason: EndReason): void => {
      // One Ctrl-C can come twice: from the terminal, and passed on by the process that runs us.
      if (asked && reason !== 'parent-ended' && performance.now() - askedMs > 1_000) {
        process.exit(130);
      }
      if (!asked) {
        asked = true;
        askedMs = performance.now();
        resolve(reason);
      }
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => end(signal));
    }
    process.on('disconnect', () => end('parent-ended'));
  });
}
