import { readFileSync } from 'node:fs';
import { commandLineOf } from '../../../src/command-line.js';
import type { SoldItem } from './provider-books.js';
import { ProviderBooks } from './provider-books.js';
import { createProviderServer } from './provider-server.js';

const usage = `A provider that sells by docs/provider-interface.md, for tests and the lab.
  --id ID         its id among providers
  --port P        where to listen on 127.0.0.1 (0: any free port)
  --items F       JSON: {"items":[{"id","label","priceMinor"?,"goods"?,"secret"?}]}
  --journal F     append-only, one JSON line for each order that was decided
The control side is under /control: POST faults, DELETE faults, POST reset, POST duplicate-check.`;

const { values } = commandLineOf(`${usage}\n`, {
  options: {
    id: { type: 'string' },
    port: { type: 'string' },
    items: { type: 'string' },
    journal: { type: 'string' },
  },
});
const { id, port, items, journal } = values;
if (id === undefined || port === undefined || items === undefined || journal === undefined) {
  process.stderr.write(`${usage}\n\n--id, --port, --items and --journal are all needed\n`);
  process.exit(2);
}
const sold = (JSON.parse(readFileSync(items, 'utf8')) as { items: SoldItem[] }).items;
const server = createProviderServer(id, new ProviderBooks(sold, journal));
server.listen(Number(port), '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(
    `ready http://127.0.0.1:${typeof address === 'object' && address ? address.port : '?'}\n`,
  );
});
server.on('error', (error) => {
  process.stderr.write(`the simulator of ${id} cannot listen on port ${port}: ${error.message}\n`);
  process.exit(1);
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    server.closeAllConnections();
    server.close(() => process.exit(0));
  });
}
