import { AssertionError } from 'node:assert';

/**
 * Runs a journey, and once more when it failed. Calls are real time, and a shared machine that stands still for a
 * moment spoils one; a fault of the product fails twice. What was tried again is said.
 */
export async function withSecondTry<T>(title: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    console.log(`      tried again: ${title} (${reasonOf(error).join('; ')})`);
    return run();
  }
}

/** What failed, and what of a list of findings was found. */
function reasonOf(error: unknown): readonly (string | undefined)[] {
  if (!(error instanceof Error)) {
    return ['no reason given'];
  }
  const found: unknown = error instanceof AssertionError ? error.actual : undefined;
  return [error.message.split('\n')[0], ...(Array.isArray(found) ? found.map(String) : [])];
}
