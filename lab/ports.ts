import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { labProviders } from './data.js';
import { LabError } from './lab-error.js';
import type { LabPart } from './lab-part.js';

/** Every port of a lab, all on 127.0.0.1. */
export type LabPorts = {
  /** SIP over UDP. */
  readonly sip: number;
  readonly ari: number;
  readonly ami: number;
  readonly database: number;
  readonly bank: number;
  readonly bankControl: number;
  readonly carrier: number;
  /** The first provider besides the carrier; each one after it listens one port above. */
  readonly providers: number;
  /** The app's own HTTP. */
  readonly http: number;
  /** Asterisk's media: `rtpStart` to `rtpEnd`, both included. */
  readonly rtpStart: number;
  readonly rtpEnd: number;
};

type SinglePort = Exclude<keyof LabPorts, 'rtpStart' | 'rtpEnd'>;

/** What a person calls each port, and the setting that moves it in `npm start`. */
const portNames: Readonly<Record<SinglePort, { what: string; setting: string }>> = {
  sip: { what: 'SIP', setting: 'WALLETLINE_LAB_SIP_PORT' },
  ari: { what: 'ARI', setting: 'WALLETLINE_LAB_ARI_PORT' },
  ami: { what: 'AMI', setting: 'WALLETLINE_LAB_AMI_PORT' },
  database: { what: 'MySQL', setting: 'WALLETLINE_LAB_DATABASE_PORT' },
  bank: { what: 'the issuer host', setting: 'WALLETLINE_LAB_BANK_PORT' },
  bankControl: { what: "the issuer host's control", setting: 'WALLETLINE_LAB_BANK_CONTROL_PORT' },
  carrier: { what: 'the carrier', setting: 'WALLETLINE_LAB_CARRIER_PORT' },
  providers: { what: 'the providers', setting: 'WALLETLINE_LAB_PROVIDERS_PORT' },
  http: { what: "the app's HTTP", setting: 'WALLETLINE_LAB_HTTP_PORT' },
};

const singlePorts = Object.keys(portNames) as SinglePort[];

const defaultPorts: LabPorts = {
  sip: 5060,
  ari: 18_088,
  ami: 15_038,
  database: 13_307,
  bank: 15_500,
  bankControl: 15_501,
  carrier: 15_502,
  providers: 15_510,
  http: 18_080,
  rtpStart: 16_000,
  rtpEnd: 17_999,
};

/**
 * Returns the ports of `npm start`: the defaults, moved by the WALLETLINE_LAB_…_PORT settings
 * (WALLETLINE_LAB_RTP_PORTS is "first-last").
 * @throws LabError when a setting is no port.
 */
export function portsFrom(environment: Readonly<Record<string, string | undefined>>): LabPorts {
  const ports = { ...defaultPorts };
  for (const name of singlePorts) {
    const { setting } = portNames[name];
    const given = environment[setting];
    if (given !== undefined && given !== '') {
      ports[name] = asPort(setting, given);
    }
  }
  const range = environment['WALLETLINE_LAB_RTP_PORTS'];
  if (range !== undefined && range !== '') {
    const [first, last] = range.split('-');
    ports.rtpStart = asPort('WALLETLINE_LAB_RTP_PORTS', first ?? '');
    ports.rtpEnd = asPort('WALLETLINE_LAB_RTP_PORTS', last ?? '');
  }
  return ports;
}

function asPort(setting: string, text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw new LabError(`${setting} must be a port from 1 to 65535: change "${text}" and run this again.`);
  }
  return port;
}

/** Returns the ports of a lab that begins at `base`: single ones from there, 2,000 for media 1,000 above it. */
export function portsAt(base: number): LabPorts {
  return {
    sip: base,
    ari: base + 1,
    database: base + 2,
    bank: base + 3,
    bankControl: base + 4,
    carrier: base + 5,
    http: base + 6,
    ami: base + 7,
    providers: base + 10,
    rtpStart: base + 1_000,
    rtpEnd: base + 2_999,
  };
}

/** Clear of `npm start`'s own ports, and of 24000–36999, where the tests' callers and agents receive media. */
const testBases = [20_000, 10_000, 7_000];

/**
 * Returns ports for a test's own lab that nothing uses now.
 * @throws LabError when every block has a port in use.
 */
export async function freePorts(): Promise<LabPorts> {
  for (const base of testBases) {
    const ports = portsAt(base);
    if ((await usedPorts(ports)).length === 0) {
      return ports;
    }
  }
  throw new LabError(
    `The test lab needs ports, and each of the blocks at ${testBases.join(', ')} has one in use: end other labs and run this again.`,
  );
}

/**
 * Checks that a lab can listen.
 * @throws LabError which names the first port in use and the setting that moves it.
 */
export async function checkPortsFree(ports: LabPorts, needed: readonly SinglePort[]): Promise<void> {
  const [used] = (await usedPorts(ports)).filter((name) => needed.includes(name));
  if (used !== undefined) {
    const { what, setting } = portNames[used];
    throw new LabError(
      `Port ${ports[used]} on 127.0.0.1, which the lab wants for ${what}, is in use: end what uses it, or choose another port with ${setting}.`,
    );
  }
}

async function usedPorts(ports: LabPorts): Promise<SinglePort[]> {
  const taken = await Promise.all(
    singlePorts.map(async (name) => {
      if (name === 'sip') {
        return udpPortTaken(ports.sip);
      }
      const used = name === 'providers' ? providerPorts(ports) : [ports[name]];
      return (await Promise.all(used.map(tcpPortTaken))).includes(true);
    }),
  );
  return singlePorts.filter((_, i) => taken[i]);
}

/** Returns the port of each of the lab's providers, in their order. */
export function providerPorts({ providers }: Pick<LabPorts, 'providers'>): readonly number[] {
  return labProviders.map((_, index) => providers + index);
}

async function tcpPortTaken(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return false;
  } catch {
    return true;
  } finally {
    server.close();
  }
}

async function udpPortTaken(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    socket.bind(port, '127.0.0.1');
    await once(socket, 'listening');
    return false;
  } catch {
    return true;
  } finally {
    socket.close();
  }
}

/** Returns which ports a lab listens on, when it runs these parts itself. */
export function neededPorts(embedded: ReadonlySet<LabPart>, app: boolean): SinglePort[] {
  const byPart: Readonly<Record<LabPart, readonly SinglePort[]>> = {
    database: ['database'],
    asterisk: ['sip', 'ari', 'ami'],
    bank: ['bank', 'bankControl'],
    carrier: ['carrier'],
    providers: ['providers'],
  };
  return [...[...embedded].flatMap((part) => byPart[part]), ...(app ? (['http'] as const) : [])];
}
