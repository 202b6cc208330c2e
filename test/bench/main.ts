import { runCommand, UsageError } from '../../src/command-line.js';

/** `npm run bench -- <name>`: runs one of the measurements, which prints what it found. */
const benches: Readonly<Record<string, () => Promise<{ run: () => Promise<void> }>>> = {
  bank: () => import('./bank.js'),
  payments: () => import('./payments.js'),
};

process.exitCode = await runCommand({
  usage: `npm run bench -- NAME, where NAME is ${Object.keys(benches).join(' or ')}\n`,
  failure: 'it could not be measured',
  failureCode: 1,
  config: { allowPositionals: true, options: {} },
  run: async ({ positionals }) => {
    const [name = '', ...more] = positionals;
    const bench = benches[name];
    if (bench === undefined || more.length > 0) {
      throw new UsageError(name === '' ? 'say which one' : `there is no "${positionals.join(' ')}"`);
    }
    await (await bench()).run();
    return 0;
  },
});
