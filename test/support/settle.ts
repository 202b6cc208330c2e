/** Lets everything happen that waits for no timer and no network. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) {
    await Promise.resolve();
  }
}

/** Returns whether the promise is settled, once everything has happened that can happen now. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  await settle();
  return (await Promise.race([promise.catch(() => undefined), Promise.resolve(pending)])) !== pending;
}
