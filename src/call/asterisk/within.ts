export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/** Resolves or rejects as `work` does, or rejects with `TimedOut` after `ms`; the work itself goes on. */
export async function within<T>(ms: number, work: PromiseLike<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TimedOut()), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
