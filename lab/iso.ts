import { readFileSync, writeFileSync } from 'node:fs';
import { withInterfaceTables } from '../src/bank/interface-tables.js';
import { describeHex } from '../src/bank/iso8583/describe-hex.js';
import { profileNamed } from '../src/bank/iso8583/profile-named.js';
import { runCommand, UsageError } from '../src/command-line.js';

const usage = `Shows ISO 8583 messages, with card numbers and secrets masked.

  npm run iso -- describe <hex> --profile unionpay     a frame, with or without its 2-byte length
  npm run iso -- describe - --profile ascii-1987       the same, read from standard input
  npm run iso -- document                              draws the tables of docs/bank-interface.md again
`;

const document = 'docs/bank-interface.md';

process.exitCode = await runCommand({
  usage,
  failure: 'it cannot be shown',
  failureCode: 1,
  config: {
    allowPositionals: true,
    options: { profile: { type: 'string', default: 'unionpay' } },
  },
  run: ({ positionals, values }) => {
    const [command, ...rest] = positionals;
    const [hex] = rest;
    if (command === 'describe' && hex !== undefined) {
      const text = hex === '-' ? readFileSync(0, 'latin1') : rest.join('');
      process.stdout.write(`${describeHex(text, profileNamed(values.profile))}\n`);
      return 0;
    }
    if (command === 'document' && hex === undefined) {
      writeFileSync(document, withInterfaceTables(readFileSync(document, 'utf8')));
      return 0;
    }
    throw new UsageError(
      command === undefined ? 'say what to do' : `"${command}" is not understood like this`,
    );
  },
});
