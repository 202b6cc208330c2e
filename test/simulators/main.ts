/** `npm run simulate -- NAME [its options]`: starts one of the simulators alone. */
const simulators: Readonly<Record<string, () => Promise<unknown>>> = {
  'issuer-host': () => import('./issuer-host/main.js'),
  carrier: () => import('./carrier/main.js'),
  provider: () => import('./provider/main.js'),
};

const usage = `npm run simulate -- NAME [its options], where NAME is ${Object.keys(simulators).join(', ')}
npm run simulate -- NAME --help shows the options.
`;

const [name = ''] = process.argv.splice(2, 1);
const start = simulators[name];
if (start !== undefined) {
  await start();
} else if (name === '--help' || name === '-h') {
  process.stdout.write(usage);
} else {
  process.stderr.write(`${usage}\n${name === '' ? 'say which one' : `there is no "${name}"`}\n`);
  process.exitCode = 2;
}
