import { readFileSync } from 'node:fs';
import { commandLineOf } from '../../../src/command-line.js';
import { CarrierBooks, type PhoneAccount } from './carrier-books.js';
import { createCarrierServer } from './carrier-server.js';

const usage = `A phone company's billing system for tests and the lab.
  --port P        where to listen on 127.0.0.1 (0: any free port)
  --accounts F    JSON: {"phones":[{"phone","balanceMinor","dueMinor"}]}
  --journal F     append-only, one JSON line for each order that was decided
The control side is under /control: POST faults, DELETE faults, POST reset, PUT phones, POST duplicate-check.`;

const { values } = commandLineOf(`${usage}\n`, {
  options: { port: { type: 'string' }, accounts: { type: 'string' }, journal: { type: 'string' } },
});
if (values.port === undefined || values.accounts === undefined || values.journal === undefined) {
  process.stderr.write(`${usage}\n\n--port, --accounts and --journal are all needed\n`);
  process.exit(2);
}
const { phones } = JSON.parse(readFileSync(values.accounts, 'utf8')) as { phones: PhoneAccount[] };
const server = createCarrierServer(new CarrierBooks(phones, values.journal));
server.listen(Number(values.port), '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(
    `ready http://127.0.0.1:${typeof address === 'object' && address ? address.port : '?'}\n`,
  );
});
server.on('error', (error) => {
  process.stderr.write(`the carrier simulator cannot listen on port ${values.port}: ${error.message}\n`);
  process.exit(1);
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    server.closeAllConnections();
    server.close(() => process.exit(0));
  });
}
