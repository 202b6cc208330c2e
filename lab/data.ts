import { yuan } from '../src/money.js';
import type { Ability } from '../src/provider/provider.js';

/** A card of the lab, as its bank knows it. */
export type LabCard = {
  readonly pan: string;
  readonly pin: string;
  /** YYMM. */
  readonly expiry: string;
  readonly balanceMinor: number;
};

/** A phone of the lab, as its carrier and the wallet know it. */
export type LabPhone = {
  readonly phone: string;
  /** The language that the wallet remembers; none for a phone that has never called. */
  readonly language?: string;
  /** The numbers of the cards that are bound to it, in the order in which they are offered. */
  readonly cards: readonly string[];
  readonly balanceMinor: number;
  readonly dueMinor: number;
};

/** The number that callers dial. */
export const serviceNumber = '12580';

/** The call centre's agents: their numbers are their phones' user names. */
export const agentNumbers = ['1001', '1002'] as const;

/** Returns who may use the app's API: these agents, a shop that prepares orders, and the people who look after it. */
export function apiUsersWith(agents: readonly string[]): readonly ApiUser[] {
  return [
    ...agents.map((name) => ({ name, role: 'agent' }) as const),
    { name: 'shop', role: 'agent' },
    { name: 'operator', role: 'operator' },
    { name: 'auditor', role: 'auditor' },
  ];
}

export type ApiUser = { readonly name: string; readonly role: 'agent' | 'operator' | 'auditor' };

const longValid = '4912';
const longExpired = '2001';

/** Every card of the lab. None is a real one; expiries are far away, but for the card that is to be refused. */
export const labCards = [
  { pan: '6222020200112233446', pin: '135790', expiry: longValid, balanceMinor: 100_000 },
  { pan: '6228480012345678903', pin: '135790', expiry: longValid, balanceMinor: 500 },
  { pan: '6225881314159265350', pin: '135790', expiry: longExpired, balanceMinor: 30_000 },
  { pan: '6200580000000000016', pin: '112233', expiry: longValid, balanceMinor: 8_000 },
  { pan: '6227000055556666771', pin: '445566', expiry: longValid, balanceMinor: 250_000 },
  { pan: '6217001234567890122', pin: '864209', expiry: longValid, balanceMinor: 2_000_000 },
] as const satisfies readonly LabCard[];

/** Every phone of the lab. */
export const labPhones: readonly LabPhone[] = [
  {
    phone: '13800138000',
    language: 'en',
    cards: ['6222020200112233446'],
    balanceMinor: 1_250,
    dueMinor: 8_640,
  },
  { phone: '13900139000', language: 'zh', cards: ['6228480012345678903'], balanceMinor: 320, dueMinor: 0 },
  {
    phone: '13700137000',
    language: 'en',
    cards: ['6225881314159265350'],
    balanceMinor: 100,
    dueMinor: 4_500,
  },
  {
    phone: '13600136000',
    language: 'en',
    cards: ['6200580000000000016', '6227000055556666771'],
    balanceMinor: 999,
    dueMinor: 12_000,
  },
  { phone: '18600186000', cards: [], balanceMinor: 0, dueMinor: 2_000 },
];

/** A provider of the lab besides its carrier, as its simulator knows it: what it sells, by the names of its labels. */
export type LabProvider = {
  readonly id: string;
  /** What it can do besides delivery. */
  readonly can: readonly Ability[];
  readonly items: readonly {
    readonly id: string;
    readonly label: string;
    readonly priceMinor?: number;
    readonly goods?: Readonly<Record<string, string>>;
    readonly secret?: boolean;
  }[];
};

/** Every provider of the lab besides its carrier. */
export const labProviders: readonly LabProvider[] = [];

/** What an agent of the lab has prepared for a caller who brings a code. */
export const labOrder = { service: 'bill', amount: yuan(20) } as const;

/** Returns the issuer host's accounts file. */
export function issuerAccounts(): string {
  return `${JSON.stringify({ cards: labCards }, undefined, 2)}\n`;
}

/** Returns the carrier's accounts file. */
export function carrierAccounts(): string {
  const phones = labPhones.map(({ phone, balanceMinor, dueMinor }) => ({ phone, balanceMinor, dueMinor }));
  return `${JSON.stringify({ phones }, undefined, 2)}\n`;
}
