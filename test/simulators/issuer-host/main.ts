import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { issuerAccounts } from '../../../lab/data.js';
import { profileNamed, profiles } from '../../../src/bank/iso8583/profile-named.js';
import { commandLineOf } from '../../../src/command-line.js';
import { createControlServer } from './control-server.js';
import { faultNames } from './fault-script.js';
import type { CardAccount } from './issuer-books.js';
import { IssuerHost } from './issuer-host.js';

const usage = `npm run simulate -- issuer-host [options]
A card issuer's host for tests, the lab, and integrators: ISO 8583 on TCP, on 127.0.0.1.
  --port P          where the lines connect to (default 8583; 0: any free port)
  --accounts FILE   JSON: {"cards":[{"pan","pin","expiry":"YYMM","balanceMinor","perTransactionLimitMinor"?}]}
                    (default: the lab's cards)
  --journal FILE    append-only, one JSON line an event, written before it is answered; read again at start
                    (default var/issuer-host.jsonl)
  --control-port C  HTTP with JSON, see below (0: any free port; not given: none)
  --profile NAME    ${profiles.map(({ name }) => name).join(' or ')} (default unionpay)
  --faults FILE     JSON list of faults to begin with, as POST /faults takes them
  --no-duplicate-check   do a transaction again whose trace number is known
WALLETLINE_BANK_TMK  the terminal master key in hexadecimal (default: the lab's well-known one)

It checks PIN blocks and MACs with working keys that it makes at each sign-in; three wrong PINs block a card
(75); it refuses with 14, 51, 54, 55, 61, 75, 77, 94 and A0; it acknowledges a reversal whose original it never
saw, remembers it, and refuses the original should it still come.

Control port
  POST   /faults     {"match":{"kind"?,"amountMinor"?,"pan"?,"stan"?,"terminal"?},"fault",
                      "times"?: a number or "always","delayMs"?,"code"?}, or a list of them
                     kind: purchase, balance, reversal, sign-in, echo
                     fault: ${faultNames.slice(0, 7).join(', ')},
                            ${faultNames.slice(7).join(', ')}
                     "respond" answers with "code" and does nothing; "late-answer" does and answers after delayMs
  DELETE /faults     forget the faults still to come        GET /faults   show them
  GET    /accounts   cards, masked, with balances           PUT /accounts {"cards":[…]} adds or changes cards
  GET    /journal    every event                            GET /counts   connections, requests, sign-ins
  POST   /reset      opening balances, no wrong PINs        POST /forget-keys  every terminal must sign in (77)
  POST   /link       {"down":true|false} cuts every line    POST /duplicate-check {"on":true|false}`;

const { values } = commandLineOf(`${usage}\n`, {
  options: {
    port: { type: 'string', default: '8583' },
    accounts: { type: 'string' },
    journal: { type: 'string', default: 'var/issuer-host.jsonl' },
    'control-port': { type: 'string' },
    profile: { type: 'string', default: 'unionpay' },
    faults: { type: 'string' },
    'no-duplicate-check': { type: 'boolean', default: false },
  },
});
const accounts = values.accounts === undefined ? issuerAccounts() : readFileSync(values.accounts, 'utf8');
const { cards } = JSON.parse(accounts) as { cards: CardAccount[] };
mkdirSync(dirname(values.journal), { recursive: true });
const masterKeyHex = process.env['WALLETLINE_BANK_TMK'];
const host = await IssuerHost.start({
  profile: profileNamed(values.profile),
  cards,
  journalFile: values.journal,
  port: Number(values.port),
  ...(masterKeyHex === undefined || masterKeyHex === '' ? {} : { masterKeyHex }),
}).catch((error: unknown) => refuseToStart('the issuer host cannot be started', error));
host.books.duplicateCheck = !values['no-duplicate-check'];
if (values.faults !== undefined) {
  for (const fault of z.array(z.unknown()).parse(JSON.parse(readFileSync(values.faults, 'utf8')))) {
    host.faults.add(fault);
  }
}

const control = createControlServer(host);
const ready = (): void => {
  const address = control.address();
  const controlUrl =
    typeof address === 'object' && address ? ` control http://127.0.0.1:${address.port}` : '';
  process.stdout.write(`ready 127.0.0.1:${host.port} ${values.profile}${controlUrl}\n`);
};
control.on('error', (error) => refuseToStart('the control port cannot be opened', error));
if (values['control-port'] === undefined) {
  ready();
} else {
  control.listen(Number(values['control-port']), '127.0.0.1', ready);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    control.closeAllConnections();
    control.close();
    void host.stop().then(() => process.exit(0));
  });
}

function refuseToStart(what: string, error: unknown): never {
  process.stderr.write(`${what}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
