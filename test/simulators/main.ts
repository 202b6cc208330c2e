/** `npm run simulate -- NAME [its options]`: starts one of the simulators alone. */
const simulators: Readonly<Record<string, () => Promise<unknown>>> = {
  'issuer-host': () => import('./issuer-host/main.js'),
  carrier: () => import('./carrier/main.js'),
  provider: () => import('./provider/main.js'),
};

const [name = ''] = process.argv.splice(2, 1);
const start = simulators[name];
if (start === undefined) {
  process.stderr.write(
    `npm run simulate -- NAME --help, where NAME is ${Object.keys(simulators).join(', ')}\n`,
  );
  process.exitCode = 2;
} else {
  await start();
}
