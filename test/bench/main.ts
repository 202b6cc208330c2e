/** `npm run bench -- <name>`: runs one of the measurements, which prints what it found. */
const benches: Readonly<Record<string, () => Promise<{ run: () => Promise<void> }>>> = {
  bank: () => import('./bank.js'),
  payments: () => import('./payments.js'),
};

const name = process.argv[2] ?? '';
const bench = benches[name];
if (bench === undefined) {
  process.stderr.write(`npm run bench -- NAME, where NAME is ${Object.keys(benches).join(' or ')}\n`);
  process.exitCode = 2;
} else {
  await (await bench()).run();
}
