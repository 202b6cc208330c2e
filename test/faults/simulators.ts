import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabProcess } from '../../lab/lab-process.js';

/**
 * Who keys a wrong PIN has a card that may get blocked; the others pay with the rest, in turns: of one card only so
 * many tries are under way at once, and payments that race must not wait for each other there. None is real.
 */
export const cards = {
  right: { pan: '6222020200112233446', pin: '135790' },
  second: { pan: '6228480012345678903', pin: '135790' },
  third: { pan: '6225881314159265350', pin: '135790' },
  fourth: { pan: '6200580000000000016', pin: '135790' },
  wrong: { pan: '6227000055556666771', pin: '445566' },
} as const;
export const rightCards = ['right', 'second', 'third', 'fourth'] as const;
export const phones = 100;

export const phoneOf = (index: number): string => `139${String(index).padStart(8, '0')}`;

/** Starts a bank and a carrier of a build; each says by itself where it listens. */
export async function startSimulators(options: {
  readonly folder: string;
  readonly build: string;
  readonly journals: { readonly bank: string; readonly providers: Readonly<Record<string, string>> };
  /** Providers besides the carrier, by their ids. */
  readonly others: readonly string[];
}) {
  const { folder, build, journals, others } = options;
  const muchMinor = 1_000_000_000_000;
  const accounts = {
    cards: Object.values(cards).map((card) => ({ ...card, expiry: '4912', balanceMinor: muchMinor })),
    phones: Array.from({ length: phones }, (_, index) => ({
      ...{ phone: phoneOf(index), balanceMinor: 0, dueMinor: muchMinor },
    })),
  };
  writeFileSync(join(folder, 'cards.json'), JSON.stringify({ cards: accounts.cards }));
  writeFileSync(
    join(folder, 'items.json'),
    JSON.stringify({
      items: ['recharge', 'bill'].map((id) => ({ id, label: id })),
    }),
  );
  writeFileSync(join(folder, 'phones.json'), JSON.stringify({ phones: accounts.phones }));
  const simulator = (name: string, args: readonly string[], as = name): LabProcess =>
    new LabProcess({
      name: `the ${as} simulator`,
      command: process.execPath,
      args: [join(build, 'test/simulators', name, 'main.js'), ...args],
      logFile: join(folder, `${as}.log`),
      readyLine: /^ready\b/m,
      readyTimeoutMs: 30_000,
      stopTimeoutMs: 3_000,
    });
  const simulators = [
    simulator('issuer-host', [
      ...['--port', '0', '--control-port', '0'],
      ...['--journal', journals.bank, '--accounts', join(folder, 'cards.json')],
    ]),
    simulator('carrier', [
      ...['--port', '0', '--journal', journals.providers['carrier'] ?? ''],
      ...['--accounts', join(folder, 'phones.json')],
    ]),
    ...others.map((id) =>
      simulator(
        'provider',
        [
          '--id',
          id,
          '--port',
          '0',
          '--items',
          join(folder, 'items.json'),
          '--journal',
          journals.providers[id] ?? '',
        ],
        id,
      ),
    ),
  ];
  await Promise.all(simulators.map((each) => each.start()));
  const [bank = '', carrier = '', ...rest] = simulators.map(({ plan }) => readFileSync(plan.logFile, 'utf8'));
  const bankPort = Number(/^ready 127\.0\.0\.1:(\d+)/m.exec(bank)?.[1]);
  const control: { readonly bank: string; readonly providers: Readonly<Record<string, string>> } = {
    bank: urlIn(bank),
    providers: {
      carrier: urlIn(carrier),
      ...Object.fromEntries(others.map((id, index) => [id, urlIn(rest[index] ?? '')])),
    },
  };
  const providers = new Map(['carrier', ...others].map((id, index) => [id, simulators[index + 1]]));
  return { simulators, providers, bankPort, control };
}

/** A simulator says where it listens; its port is any that was free. */
export function urlIn(output: string): string {
  // Of several starts the last counts.
  const url = [...output.matchAll(/^ready\b.*(http:\S+)/gm)].at(-1)?.[1];
  if (url === undefined) {
    throw new Error('a simulator does not say where it listens');
  }
  return url;
}

/** Orders something of a simulator over its control address. */
export async function order(url: string, method: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) {
    throw new Error(`a simulator refused ${method} ${url}: ${await response.text()}`);
  }
}
