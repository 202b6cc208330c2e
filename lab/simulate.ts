/** `npm run simulate -- NAME …`: one simulator alone, so that another adapter can be tried against it. */
const simulators = {
  carrier: () => import('../test/simulators/carrier/main.js'),
  'issuer-host': () => import('../test/simulators/issuer-host/main.js'),
};

const [name = ''] = process.argv.splice(2, 1);
const start = Object.hasOwn(simulators, name) ? simulators[name as keyof typeof simulators] : undefined;
if (start === undefined) {
  process.stderr.write(`usage: npm run simulate -- ${Object.keys(simulators).join(' | ')} …\n`);
  process.exit(2);
}
await start();
