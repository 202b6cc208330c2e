import type { Steps } from './steps.js';
import { installPackages, missingPackages } from './tools.js';

/**
 * Installs the Debian packages that the lab and the tests use, where they are missing.
 * @throws LabError with the remedy when that cannot be done.
 */
export async function installTools(steps: Steps): Promise<void> {
  await steps.run(
    'Debian tools',
    async () => {
      const missing = await missingPackages();
      if (missing.length > 0) {
        await installPackages(missing);
      }
      return missing;
    },
    (missing) => (missing.length === 0 ? 'installed' : `installed now: ${missing.join(' ')}`),
  );
}
