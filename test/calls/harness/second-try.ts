/**
 * Runs a journey, and once more when it failed. Calls are real time, and a shared machine that stands still for a
 * moment spoils one; a fault of the product fails twice. What was tried again is said.
 */
export async function withSecondTry<T>(title: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : 'no reason given';
    console.log(`      tried again: ${title} (${reason})`);
    return run();
  }
}
