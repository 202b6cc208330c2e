import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** One line of a bank's own journal, as far as it matters here. */
const bankLine = z.object({
  at: z.coerce.date(),
  event: z.string(),
  rrn: z.string(),
  amountMinor: z.number().int(),
  result: z.string(),
  original: z.string().optional(),
  forced: z.boolean().optional(),
});
/** One line of a carrier's own journal. */
const carrierLine = z.object({
  at: z.coerce.date(),
  event: z.string(),
  key: z.string(),
  amountMinor: z.number().int(),
});
export type BankLine = z.infer<typeof bankLine>;
export type CarrierLine = z.infer<typeof carrierLine>;

/** Reads a bank's journal: one JSON object a line. */
export async function readBankJournal(file: string): Promise<BankLine[]> {
  return readLines(file, (line) => bankLine.parse(line));
}

/** Reads a carrier's journal: one JSON object a line. */
export async function readCarrierJournal(file: string): Promise<CarrierLine[]> {
  return readLines(file, (line) => carrierLine.parse(line));
}

async function readLines<T>(file: string, parse: (line: unknown) => T): Promise<T[]> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  return lines.filter((line) => line !== '').map((line) => parse(JSON.parse(line)));
}
