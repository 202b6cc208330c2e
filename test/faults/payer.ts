// The process under test: all that takes payments, composed as the product composes it, without a telephone.
// Payments come as lines on standard input; what callers were told goes out as lines on standard output.
import { subscribe } from 'node:diagnostics_channel';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pan } from '../../src/bank/bank.js';
import type { Clock } from '../../src/clock.js';
import type { Seams } from '../../src/compose-services.js';
import { startServices } from '../../src/compose-services.js';
import { readConfig } from '../../src/config.js';
import type { Log } from '../../src/log.js';
import { money } from '../../src/money.js';
import type { PaymentParts } from '../../src/payment/payment-parts.js';
import type { PaymentPolicy } from '../../src/payment/payment-policy.js';
import { ProviderRegistry } from '../../src/provider/provider-registry.js';
import { Secret } from '../../src/secret.js';
import { Points, report } from './points.js';
import type { Command, PayCommand } from './protocol.js';
import { quickLine, quickPolicy } from './quick-times.js';

const points = new Points();
let clockShiftMs = 0;
let graceMs: number = quickPolicy.neverSeenGraceMs;
const isQuick = process.env['FAULTS_TIMES'] !== 'usual';

const clock: Clock = {
  now: () => new Date(Date.now() + clockShiftMs),
  monotonicMs: () => performance.now(),
};

const write =
  (level: string) =>
  (fields: object, message: string): void => {
    const plain = Object.entries(fields).map(([name, value]): [string, unknown] => [name, plainly(value)]);
    const line = { at: new Date().toISOString(), level, message, ...Object.fromEntries<unknown>(plain) };
    process.stderr.write(`${JSON.stringify(line)}\n`);
  };
const log: Log = { debug: () => undefined, info: write('info'), warn: write('warn'), error: write('error') };

function plainly(value: unknown): unknown {
  return value instanceof Error
    ? `${value.message}${value.cause instanceof Error ? ` (${value.cause.message})` : ''}`
    : value;
}

/** Tables that no money depends on: their writes are gathered, and come at a time of their own. */
const records = /^insert into `bank_messages`/i;

type QueryEvent = { readonly sql: string; readonly __knexTxId?: string; readonly __knexUid: string };

/** A point before each durable write: a COMMIT, or a statement that commits itself. */
const onDatabase: Seams['onDatabase'] = (database) => {
  const written = new Map<string, Set<string>>();
  database.on('query', ({ sql, __knexTxId: transaction }: QueryEvent) => {
    const table = /^(?:insert into|update) `(\w+)`/i.exec(sql)?.[1];
    if (transaction !== undefined && table !== undefined) {
      const tables = written.get(transaction) ?? new Set();
      written.set(transaction, tables.add(table));
    } else if (transaction !== undefined && /^commit/i.test(sql)) {
      points.pass(`before COMMIT of ${[...(written.get(transaction) ?? ['nothing'])].join(', ')}`);
      written.delete(transaction);
    } else if (transaction === undefined && table !== undefined && !records.test(sql)) {
      points.pass(`before a write of ${table}`);
    }
  });
  database.on('query-error', (error: { errno?: number }) => {
    if (error.errno === 1213) {
      report({ say: 'deadlock' });
    }
  });
};

/** The policy whose grace can be changed while the process runs. */
function policyOf(policy: PaymentPolicy): PaymentPolicy {
  return Object.defineProperty({ ...policy }, 'neverSeenGraceMs', { get: () => graceMs });
}

/** Where a payment of a phone is to be delivered when that is not the carrier. */
const providerByPhone = new Map<string, string>();

const withPoints = (made: PaymentParts): PaymentParts => ({
  ...made,
  providerOf: (request) => providerByPhone.get(request.subject) ?? made.providerOf(request),
  store: points.around(made.store, 'store', ['begin', 'change', 'postpone', 'claim', 'release'], false),
  bank: points.around(points.around(made.bank, 'bank', ['reverse'], true), 'bank', ['nextTrace'], false),
  providers: new ProviderRegistry(
    made.providers.all().map((provider) => points.around(provider, 'provider', ['deliver', 'lookUp'], true)),
  ),
  policy: isQuick ? policyOf(made.policy) : made.policy,
});

const seams: Seams = {
  clock,
  ...(isQuick && { policy: quickPolicy, lineTiming: quickLine }),
  onDatabase,
  onBankMessage: ({ direction, result, mti }) => {
    if (direction === 'sent' && result === 'sent' && !mti.startsWith('08')) {
      points.pass(`sent ${mti} to the bank`);
    }
  },
  bank: (bank) => points.around(bank, 'bank', ['purchase'], true),
  parts: withPoints,
};

points.arm(
  Number(process.env['FAULTS_POINT'] ?? 0),
  process.env['FAULTS_DOOM'] === 'freeze' ? 'freeze' : 'kill',
);
const running = startServices(readConfig(process.env), log, seams);
const { services, resolver } = running;

async function pay(command: PayCommand): Promise<void> {
  const { callId, callerNumber, service, phone, cardId, pan, pin, orderId } = command;
  if (command.provider !== undefined) {
    providerByPhone.set(phone, command.provider);
  }
  const result = await services.takePayment({
    ...{ callId, callerNumber, service, subject: phone, details: { phone }, cardId, orderId },
    amount: money(command.amountMinor, 'CNY'),
    card: { pan: pan as Pan },
    pin: new Secret('card-pin', Buffer.from(pin)),
  });
  points.pass('before the caller is told');
  report({ say: 'told', callId, outcome: result.outcome });
  points.pass('after the caller was told');
  if (result.outcome === 'paid') {
    const { outcome, reference } = result;
    const isWritten = await services.news
      .markHeard(callerNumber, [{ outcome, reference }], {
        ...{ cardIds: [cardId], ownsNumber: false },
      })
      .then(
        () => true,
        (error: unknown) => {
          log.error({ err: error }, 'what was heard could not be written');
          return false;
        },
      );
    report({ say: 'heard', callId, isWritten });
  }
}

function obey(command: Command): void {
  switch (command.do) {
    case 'pay':
      void pay(command);
      return;
    case 'arm':
      graceMs = command.graceMs;
      points.arm(command.point, command.doom);
      return;
    case 'clock':
      clockShiftMs = command.shiftMs;
      return;
    case 'points':
      report({ say: 'points', names: points.names });
      return;
  }
}

createInterface({ input: process.stdin })
  .on('line', (line) => obey(JSON.parse(line) as Command))
  .on('close', () => process.exit(0));
if (isQuick) {
  // A first request takes long while a machine is busy, and the times are short: it is made before they count.
  await services.carrier.balance('13900000000');
}
subscribe('http.client.request.start', () => points.pass('sent to a provider'));
await resolver.start();
while (!services.bank.available) {
  await pause(5);
}
report({ say: 'ready' });
