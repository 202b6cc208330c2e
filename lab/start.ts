// `npm start`: brings up the whole system with everything around it, and keeps it up until Ctrl-C.
import { rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { systemClock } from '../src/clock.js';
import { readyCard } from './card.js';
import { shellAssignments } from './environment.js';
import { explain } from './explain.js';
import { installTools } from './install-tools.js';
import { Lab } from './lab.js';
import { ProcessDied } from './lab-process.js';
import { portsFrom } from './ports.js';
import { writePrivately } from './private-file.js';
import { projectDir } from './project-dir.js';
import { Steps } from './steps.js';
import { untilAskedToEnd } from './until-asked.js';

const usage = `usage: npm start [-- --fresh]
  --fresh  forget all data, and begin with the lab's phones and cards
`;

const secondsSince = (ms: number) => `${((systemClock.monotonicMs() - ms) / 1000).toFixed(1)} s`;

/** Returns the exit code: 0 when it was up and asked to end. */
async function start(fresh: boolean): Promise<number> {
  const startedMs = systemClock.monotonicMs();
  const steps = new Steps();
  const asked = untilAskedToEnd();
  const stateDir = resolve(projectDir, process.env['WALLETLINE_LAB_STATE'] ?? 'var/lab');
  const environmentFile = join(stateDir, 'walletline.env');
  const lab = new Lab({ stateDir, ports: portsFrom(process.env), fresh, environment: process.env, steps });

  const bringUp = async (): Promise<'ready'> => {
    await installTools(steps);
    await lab.start();
    await writePrivately(environmentFile, shellAssignments(lab.env));
    return 'ready';
  };
  try {
    if ((await Promise.race([bringUp(), asked])) !== 'ready') {
      return 130;
    }
    const show = (path: string) => relative(projectDir, path);
    steps.say(`ready after ${secondsSince(startedMs)}`);
    steps.say(
      readyCard(
        {
          sipAddress: lab.env['WALLETLINE_SIP_ADDRESS'] ?? '',
          httpAddress: lab.env['WALLETLINE_HTTP_LISTEN'] ?? '',
        },
        show(environmentFile),
        show(join(stateDir, 'log')),
      ),
    );
    const end = await Promise.race([lab.died, asked]);
    if (end instanceof ProcessDied) {
      throw end;
    }
    return 0;
  } finally {
    await steps.run('stopping everything', () => lab.stop());
    await rm(environmentFile, { force: true });
  }
}

const args = process.argv.slice(2);
if (args.some((arg) => arg !== '--fresh')) {
  process.stderr.write(usage);
  process.exit(2);
}
let exitCode = 1;
try {
  exitCode = await start(args.includes('--fresh'));
} catch (error) {
  process.stderr.write(`\n${explain(error)}\n`);
}
process.exit(exitCode);
