import { createHash, timingSafeEqual } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';

/** A card as the accounts file gives it; `expiry` is YYMM. */
export type CardAccount = {
  readonly pan: string;
  readonly pin: string;
  readonly expiry: string;
  readonly balanceMinor: number;
  readonly perTransactionLimitMinor?: number;
};

/** What names a transaction at the bank: a reversal gives the same as its original. */
type TransactionName = {
  readonly terminal: string;
  readonly stan: string;
  /** MMDD of the terminal (field 13). */
  readonly date: string;
};

/** One line of the journal. `result` is the response code that was then answered. */
export type JournalEntry = TransactionName & {
  readonly at: string;
  readonly event: 'purchase' | 'balance' | 'reversal' | 'reset';
  readonly rrn: string;
  readonly panMasked: string;
  readonly panHash: string;
  /** What was taken, or given back. */
  readonly amountMinor: number;
  /** What was asked for, when it is not what was taken. */
  readonly askedMinor?: number;
  readonly result: string;
  readonly authorisationCode?: string;
  /** Of a reversal: what it found. */
  readonly original?: 'approved' | 'declined' | 'never-seen' | 'reversed-already';
  /** The response code was scripted: the books did not decide it. */
  readonly forced?: true;
};

export type Transaction = TransactionName & {
  readonly kind: 'purchase' | 'balance';
  readonly rrn: string;
  readonly pan: string;
  readonly amountMinor: number;
  /** What is taken of it, when it is not all. */
  readonly partMinor?: number | undefined;
  /** ASCII digits, or undefined when the block did not decipher to a PIN. Wiped by the books. */
  readonly pin: Buffer | undefined;
};

export type Reversal = TransactionName & {
  readonly rrn: string;
  readonly pan: string;
  readonly amountMinor: number;
};

type Account = CardAccount & { balanceMinor: number; wrongPins: number };
type Done = Pick<JournalEntry, 'panHash' | 'amountMinor' | 'askedMinor' | 'result'> & { reversed: boolean };

const wrongPinsAllowed = 3;
/** Results that are given only after the PIN was found right. */
const afterRightPin = new Set(['00', '51', '54', '61']);

/**
 * The issuer's books: cards, and an append-only journal that is written before anything is answered. A
 * restart reads the journal again, so that what was taken stays taken and what was given back stays so.
 */
export class IssuerBooks {
  readonly #journalFile: string;
  readonly #opening: readonly CardAccount[];
  readonly #now: () => Date;
  readonly #cards = new Map<string, Account>();
  readonly #done = new Map<string, Done[]>();
  /** Reversals of originals that had not come: should one still come, it is refused. */
  readonly #reversedUnseen = new Set<string>();
  readonly #journal: JournalEntry[] = [];
  #approvals = 0;
  /** Off: a transaction that was done is done again, so that a true duplicate shows in the journal. */
  duplicateCheck = true;

  constructor(cards: readonly CardAccount[], journalFile: string, now: () => Date) {
    this.#opening = cards;
    this.#journalFile = journalFile;
    this.#now = now;
    this.#open();
    for (const entry of readJournal(journalFile)) {
      this.#apply(entry);
    }
  }

  /** The journal from its first line, also of earlier runs. */
  get journal(): readonly JournalEntry[] {
    return this.#journal;
  }

  /** The cards as they stand, without PINs and whole numbers. */
  get accounts(): readonly { panMasked: string; panHash: string; balanceMinor: number; wrongPins: number }[] {
    return [...this.#cards.values()].map(({ pan, balanceMinor, wrongPins }) => ({
      panMasked: masked(pan),
      panHash: hashOf(pan),
      balanceMinor,
      wrongPins,
    }));
  }

  balanceOf(pan: string): number | undefined {
    return this.#cards.get(hashOf(pan))?.balanceMinor;
  }

  /** Sets every card back to its opening balance with no wrong PIN. What was done stays known. */
  reset(): void {
    const nothing = { terminal: '', stan: '', date: '', rrn: '', panMasked: '', panHash: '', amountMinor: 0 };
    this.#write({ ...nothing, event: 'reset', result: '' });
  }

  /** Adds a card, or changes one. It is not written into the journal: the accounts file is the caller's. */
  setCard(card: CardAccount): void {
    this.#cards.set(hashOf(card.pan), { ...card, wrongPins: 0 });
  }

  /** Decides a transaction, writes it down, and returns what to answer. */
  transact(transaction: Transaction): { result: string; authorisationCode?: string; balanceMinor?: number } {
    const result = this.#decide(transaction);
    const authorisationCode = result === '00' ? String(this.#approvals + 1).padStart(6, '0') : undefined;
    this.#write({
      event: transaction.kind,
      ...entryOf(transaction),
      ...(transaction.partMinor !== undefined && {
        amountMinor: transaction.partMinor,
        askedMinor: transaction.amountMinor,
      }),
      result,
      ...(authorisationCode === undefined ? {} : { authorisationCode }),
    });
    const balanceMinor = this.balanceOf(transaction.pan);
    return {
      result,
      ...(authorisationCode === undefined ? {} : { authorisationCode }),
      ...(balanceMinor === undefined ? {} : { balanceMinor }),
    };
  }

  /** Writes down a transaction or reversal that is answered with a scripted code and has no effect. */
  force(event: 'purchase' | 'balance' | 'reversal', subject: Reversal, result: string): void {
    this.#write({ event, ...entryOf(subject), result, forced: true });
  }

  /** True when a transaction of this name has come. */
  knows(name: TransactionName): boolean {
    return this.#done.has(nameOf(name));
  }

  /** Gives a purchase back, once; acknowledges what it never saw, and remembers it. */
  reverse(reversal: Reversal): string {
    const done = this.#done.get(nameOf(reversal)) ?? [];
    const taken = done.find((each) => each.result === '00' && !each.reversed);
    const original =
      taken !== undefined
        ? 'approved'
        : done.some((each) => each.reversed)
          ? 'reversed-already'
          : done.length > 0
            ? 'declined'
            : 'never-seen';
    const asked = taken?.askedMinor ?? taken?.amountMinor ?? reversal.amountMinor;
    const result = asked === reversal.amountMinor ? '00' : '64';
    // A reversal names what was asked for, and gives back what was taken.
    const given = { ...entryOf(reversal), amountMinor: taken?.amountMinor ?? reversal.amountMinor };
    this.#write({ event: 'reversal', ...given, result, original });
    return result;
  }

  #decide({ kind, pan, amountMinor, pin, ...name }: Transaction): string {
    try {
      if (this.#reversedUnseen.has(nameOf(name)) || (this.duplicateCheck && this.#done.has(nameOf(name)))) {
        return '94';
      }
      const card = this.#cards.get(hashOf(pan));
      if (card === undefined) {
        return '14';
      }
      if (card.wrongPins >= wrongPinsAllowed) {
        return '75';
      }
      if (pin === undefined || !samePin(pin, card.pin)) {
        return '55';
      }
      if (card.expiry < this.#thisMonth()) {
        return '54';
      }
      if (kind === 'balance') {
        return '00';
      }
      if (amountMinor > (card.perTransactionLimitMinor ?? Number.POSITIVE_INFINITY)) {
        return '61';
      }
      return amountMinor > card.balanceMinor ? '51' : '00';
    } finally {
      pin?.fill(0);
    }
  }

  /** YYMM of the issuer's calendar, which is China's. */
  #thisMonth(): string {
    const local = new Date(this.#now().getTime() + 8 * 3_600_000).toISOString();
    return `${local.slice(2, 4)}${local.slice(5, 7)}`;
  }

  #open(): void {
    for (const card of this.#opening) {
      this.setCard(card);
    }
  }

  #write(entry: Omit<JournalEntry, 'at'>): void {
    const line: JournalEntry = { at: this.#now().toISOString(), ...entry };
    appendFileSync(this.#journalFile, `${JSON.stringify(line)}\n`);
    this.#apply(line);
  }

  #apply(entry: JournalEntry): void {
    this.#journal.push(entry);
    if (entry.event === 'reset') {
      this.#open();
    } else if (entry.forced !== true) {
      if (entry.event === 'reversal') {
        this.#applyReversal(entry);
      } else {
        this.#applyTransaction(entry);
      }
    }
  }

  #applyTransaction(entry: JournalEntry): void {
    if (entry.result === '94') {
      return;
    }
    const { panHash, amountMinor, askedMinor, result } = entry;
    const card = this.#cards.get(panHash);
    if (card !== undefined) {
      card.wrongPins = result === '55' ? card.wrongPins + 1 : afterRightPin.has(result) ? 0 : card.wrongPins;
      card.balanceMinor -= entry.event === 'purchase' && result === '00' ? amountMinor : 0;
    }
    this.#approvals += result === '00' ? 1 : 0;
    const done = this.#done.get(nameOf(entry)) ?? [];
    done.push({
      panHash,
      amountMinor,
      ...(askedMinor !== undefined && { askedMinor }),
      result,
      reversed: false,
    });
    this.#done.set(nameOf(entry), done);
  }

  #applyReversal(entry: JournalEntry): void {
    if (entry.result !== '00') {
      return;
    }
    if (entry.original === 'never-seen') {
      this.#reversedUnseen.add(nameOf(entry));
      return;
    }
    const taken = this.#done.get(nameOf(entry))?.find((each) => each.result === '00' && !each.reversed);
    const card = taken && this.#cards.get(taken.panHash);
    if (taken !== undefined && entry.original === 'approved') {
      taken.reversed = true;
      if (card !== undefined) {
        card.balanceMinor += taken.amountMinor;
      }
    }
  }
}

/** Returns what a journal holds. A last line that a kill cut short is cut off: it was never answered. */
function readJournal(file: string): JournalEntry[] {
  if (!existsSync(file)) {
    return [];
  }
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  truncateSync(file, Buffer.byteLength(whole));
  return whole
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as JournalEntry);
}

/** Returns the card number's first six and last four digits. */
function masked(pan: string): string {
  return `${pan.slice(0, 6)}${'*'.repeat(Math.max(0, pan.length - 10))}${pan.slice(-4)}`;
}

/** Names a card in the journal. Enough for a simulator: a real bank would use a keyed hash. */
function hashOf(pan: string): string {
  return createHash('sha256').update(`issuer-host simulator/${pan}`).digest('hex').slice(0, 16);
}

function nameOf({ terminal, stan, date }: TransactionName): string {
  return `${terminal}/${date}/${stan}`;
}

function entryOf({ terminal, stan, date, rrn, pan, amountMinor }: Reversal) {
  return { rrn, stan, terminal, date, panMasked: masked(pan), panHash: hashOf(pan), amountMinor };
}

function samePin(pin: Buffer, right: string): boolean {
  const expected = Buffer.from(right, 'latin1');
  return pin.length === expected.length && timingSafeEqual(pin, expected);
}
