import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { withInterfaceTables } from '../src/bank/interface-tables.js';
import { describeHex } from '../src/bank/iso8583/describe-hex.js';
import { IsoError } from '../src/bank/iso8583/iso-error.js';
import { profileNamed } from '../src/bank/iso8583/profile-named.js';

const usage = `Shows ISO 8583 messages, with card numbers and secrets masked.

  npm run iso -- describe <hex> --profile unionpay     a frame, with or without its 2-byte length
  npm run iso -- describe - --profile ascii-1987       the same, read from standard input
  npm run iso -- document                              draws the tables of docs/bank-interface.md again
`;

const document = 'docs/bank-interface.md';

/** Runs one command and returns the exit code. */
function run(args: readonly string[]): number {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { profile: { type: 'string', default: 'unionpay' } },
  });
  const [command, hex] = positionals;
  if (command === 'describe' && hex !== undefined) {
    const text = hex === '-' ? readFileSync(0, 'latin1') : positionals.slice(1).join('');
    process.stdout.write(`${describeHex(text, profileNamed(values.profile))}\n`);
    return 0;
  }
  if (command === 'document') {
    writeFileSync(document, withInterfaceTables(readFileSync(document, 'utf8')));
    return 0;
  }
  process.stderr.write(usage);
  return 2;
}

try {
  process.exitCode = run(process.argv.slice(2));
} catch (error) {
  const expected = error instanceof IsoError || error instanceof RangeError || error instanceof TypeError;
  if (!expected) {
    throw error;
  }
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
