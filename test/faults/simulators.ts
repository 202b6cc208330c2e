import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabProcess } from '../../lab/lab-process.js';

/** Who pays right pays with the first, who keys a wrong PIN has the second, which may get blocked. Not real. */
export const cards = {
  right: { pan: '6222020200112233446', pin: '135790' },
  wrong: { pan: '6227000055556666771', pin: '445566' },
} as const;
export const phones = 100;

export const phoneOf = (index: number): string => `139${String(index).padStart(8, '0')}`;

/** Starts a bank and a carrier of a build; each says by itself where it listens. */
export async function startSimulators(options: {
  readonly folder: string;
  readonly build: string;
  readonly journals: { readonly bank: string; readonly carrier: string };
}) {
  const { folder, build, journals } = options;
  const muchMinor = 1_000_000_000_000;
  const accounts = {
    cards: Object.values(cards).map((card) => ({ ...card, expiry: '4912', balanceMinor: muchMinor })),
    phones: Array.from({ length: phones }, (_, index) => ({
      ...{ phone: phoneOf(index), balanceMinor: 0, dueMinor: muchMinor },
    })),
  };
  writeFileSync(join(folder, 'cards.json'), JSON.stringify({ cards: accounts.cards }));
  writeFileSync(join(folder, 'phones.json'), JSON.stringify({ phones: accounts.phones }));
  const simulator = (name: string, args: readonly string[]): LabProcess =>
    new LabProcess({
      name: `the ${name} simulator`,
      command: process.execPath,
      args: [join(build, 'test/simulators', name, 'main.js'), ...args],
      logFile: join(folder, `${name}.log`),
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
      ...['--port', '0', '--journal', journals.carrier],
      ...['--accounts', join(folder, 'phones.json')],
    ]),
  ];
  await Promise.all(simulators.map((each) => each.start()));
  const [bank = '', carrier = ''] = simulators.map(({ plan }) => readFileSync(plan.logFile, 'utf8'));
  const bankPort = Number(/^ready 127\.0\.0\.1:(\d+)/m.exec(bank)?.[1]);
  const control = { bank: urlIn(bank), carrier: urlIn(carrier) };
  return { simulators, bankPort, control };
}

/** A simulator says where it listens; its port is any that was free. */
function urlIn(output: string): string {
  const url = /^ready\b.*(http:\S+)/m.exec(output)?.[1];
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
