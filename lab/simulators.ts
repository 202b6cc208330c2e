import { appendFile, chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { carrierAccounts, issuerAccounts, type LabProvider } from './data.js';
import type { LabProcess } from './lab-process.js';
import { nodeProcess } from './node-processes.js';
import type { LabPorts } from './ports.js';
import { writePrivately } from './private-file.js';

export type IssuerHostOptions = {
  readonly stateDir: string;
  readonly ports: Pick<LabPorts, 'bank' | 'bankControl'>;
  readonly journal: string;
  readonly profile: string;
  /** The terminals' master key, hexadecimal. */
  readonly tmk: string;
};

/** Returns the bank's host with the lab's cards, not started. What its journal holds, it remembers. */
export async function prepareIssuerHost(options: IssuerHostOptions): Promise<LabProcess> {
  const { stateDir, ports, journal, profile, tmk } = options;
  const accounts = join(stateDir, 'issuer-accounts.json');
  await writePrivately(accounts, issuerAccounts());
  await makeJournal(journal);
  return nodeProcess({
    name: 'the issuer host simulator',
    main: 'test/simulators/issuer-host/main.js',
    args: [
      ...['--port', String(ports.bank), '--control-port', String(ports.bankControl)],
      ...['--journal', journal, '--accounts', accounts, '--profile', profile],
    ],
    env: { WALLETLINE_BANK_TMK: tmk },
    logFile: join(stateDir, 'log', 'issuer-host.log'),
    stopTimeoutMs: 5_000,
  });
}

export type CarrierOptions = {
  readonly stateDir: string;
  readonly port: number;
  readonly journal: string;
};

/** Returns the phone company's billing with the lab's phones, not started. What its journal holds, it remembers. */
export async function prepareCarrier({ stateDir, port, journal }: CarrierOptions): Promise<LabProcess> {
  const accounts = join(stateDir, 'carrier-accounts.json');
  await writePrivately(accounts, carrierAccounts());
  await makeJournal(journal);
  return nodeProcess({
    name: 'the carrier simulator',
    main: 'test/simulators/carrier/main.js',
    args: ['--port', String(port), '--journal', journal, '--accounts', accounts],
    logFile: join(stateDir, 'log', 'carrier.log'),
    stopTimeoutMs: 5_000,
  });
}

export type ProviderOptions = CarrierOptions & { readonly provider: LabProvider };

/** Returns a provider with what it sells, not started. What its journal holds, it remembers. */
export async function prepareProvider(options: ProviderOptions): Promise<LabProcess> {
  const {
    provider: { id, items },
    stateDir,
    port,
    journal,
  } = options;
  const itemsFile = join(stateDir, `${id}-items.json`);
  await writePrivately(itemsFile, `${JSON.stringify({ items }, undefined, 2)}\n`);
  await makeJournal(journal);
  return nodeProcess({
    name: `the simulator of the provider ${id}`,
    main: 'test/simulators/provider/main.js',
    args: ['--id', id, '--port', String(port), '--items', itemsFile, '--journal', journal],
    logFile: join(stateDir, 'log', `${id}.log`),
    stopTimeoutMs: 5_000,
  });
}

/** A journal is there from the start: whoever reads it need not know whether anything has happened yet. */
async function makeJournal(file: string): Promise<void> {
  await appendFile(file, '', { mode: 0o600 });
  await chmod(file, 0o600);
}
