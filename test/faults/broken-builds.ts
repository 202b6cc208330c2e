import type { BrokenBuild } from './broken-build.js';
import { brokenLedgerBuilds } from './broken-ledger-builds.js';
import { brokenOrderBuilds } from './broken-order-builds.js';
import { longFreezePoints } from './crash-points.js';

const takePayment = 'src/payment/take-payment.ts';
const store = 'src/payment/mysql-payment-store.ts';
const consequences = 'src/payment/consequences.ts';
const pinDoor = 'src/wallet/pin-door.ts';

export const brokenBuilds: readonly BrokenBuild[] = [
  {
    name: 'sends before it stores',
    shownBy: 'kills',
    breaks: ['I3'],
    patches: [
      {
        file: takePayment,
        find: '  const trace = await parts.bank.nextTrace();\n',
        replace: `  const trace = await parts.bank.nextTrace();
  early.set(trace.rrn, await pinTry.purchase({ trace, amount: request.amount }));
`,
      },
      {
        file: takePayment,
        find: 'await pinTry.purchase({ trace: payment.trace, amount: payment.amount })',
        replace: 'early.get(payment.trace.rrn) ?? { answer: { outcome: "not-sent" } }',
      },
      {
        file: takePayment,
        find: 'async function begin(',
        replace: 'const early = new Map<string, Tried<PurchaseAnswer>>();\nasync function begin(',
      },
    ],
  },
  {
    name: 'drops the reversal',
    shownBy: 'faults',
    breaks: ['I3', 'I8'],
    patches: [
      {
        file: 'src/payment/reverse-purchase.ts',
        find: '  const { bank, bankCard } = parts;\n',
        replace: `  const { bank, bankCard } = parts;
  if (payment !== undefined) return { outcome: 'acknowledged', responseCode: '00' };
`,
      },
    ],
  },
  {
    name: 'tries again with a new STAN',
    shownBy: 'faults',
    breaks: ['I3'],
    patches: [
      {
        file: pinDoor,
        find: '    return this.#ask(() => this.#with.bank.purchase({ trace, card, pin, amount }));\n',
        replace: `    const bank = this.#with.bank as Bank;
    const digits = pin.open((read) => Buffer.from(read));
    const again = () => new Secret('card-pin', Buffer.from(digits));
    return this.#ask(async () => {
      const first = await bank.purchase({ trace, card, pin: again(), amount });
      return first.outcome === 'unknown'
        ? await bank.purchase({ trace: await bank.nextTrace(), card, pin: again(), amount })
        : first;
    });
`,
      },
      {
        file: pinDoor,
        find: "import type { Secret } from '../secret.js';",
        replace: "import { Secret } from '../secret.js';",
      },
    ],
  },
  {
    name: 'looks how many PINs were wrong, and reserves no try',
    shownBy: 'guesses',
    breaks: ['pins'],
    patches: [
      {
        file: pinDoor,
        find: '      const result = await attempts.take(counters.taken, limits.doubtMs);\n',
        replace: `      const seen = await attempts.counted(counters.taken);
      const full = counters.taken.find(({ limit }, index) => (seen[index] ?? 0) >= limit);
      const result: TakeResult =
        full === undefined
          ? { outcome: 'taken', places: counters.taken.map((each) => ({ ...each, epoch: 0, countedBefore: 0 })) }
          : { outcome: 'full', counter: full };
`,
      },
    ],
  },
  {
    name: 'takes no answer for a decline',
    shownBy: 'faults',
    breaks: ['I3', 'I8'],
    patches: [
      {
        file: takePayment,
        find: "    case 'unknown': {\n",
        replace: `    case 'unknown': {
      await decline(parts, payment, 'other' as never, undefined);
      if (payment !== undefined) return { outcome: 'unavailable' };
`,
      },
    ],
  },
  {
    name: 'forgets the fencing',
    shownBy: 'freezes',
    tryFirst: 10,
    breaks: ['I2', 'I3', 'I5'],
    patches: [
      {
        file: store,
        find: '.where({ id: payment.id, state: path[0].from, lease_epoch: payment.lease.epoch })',
        replace: '.where({ id: payment.id })',
      },
    ],
  },
  {
    name: 'sends what it was frozen over',
    shownBy: 'long freezes',
    tryFirst: longFreezePoints,
    breaks: ['I3'],
    patches: [
      {
        file: 'src/payment/deliver-order.ts',
        find: '  if (startedMs - leasedAtMs <= policy.sendWithinMs) {\n',
        replace: '  if (leasedAtMs > 0) {\n',
      },
    ],
  },
  {
    name: 'delivers again when the provider does not answer',
    shownBy: 'faults',
    breaks: ['I6'],
    patches: [
      {
        file: 'src/payment/deliver-order.ts',
        find: '    answer = await provider.lookUp(payment.id);\n',
        replace: '    answer = await provider.deliver(orderOf(parts, payment));\n',
      },
    ],
  },
  {
    name: 'delivers when an approval comes late',
    shownBy: 'faults',
    breaks: ['I3'],
    patches: [
      {
        file: 'src/compose-services.ts',
        find: '        background.run(late({ ...stray,',
        replace: `        background.run(
          store.findByRrn(stray.rrn ?? '').then((payment) => {
            if (payment !== undefined && payment.state !== 'completed' && responseCode === '00') {
              const { id: key, service, target: phone, amount } = payment;
              return providers.find(payment.provider)?.deliver({ key, service, amount, details: { phone } });
            }
          }),
        );
        background.run(late({ ...stray,`,
      },
    ],
  },
  {
    name: 'takes an approval after the end of its payment for old news',
    shownBy: 'faults',
    breaks: ['I3', 'I8'],
    patches: [
      {
        file: 'src/payment/note-late-answer.ts',
        find: "      if (state === 'reversed' && gaveBack(payment)) {\n",
        replace: "      if (gaveBack(payment) || state !== 'created') {\n",
      },
    ],
  },
  {
    name: 'takes a code that it does not know for a decline',
    shownBy: 'faults',
    breaks: ['I3', 'I8'],
    patches: [
      {
        file: 'src/bank/iso8583-bank.ts',
        find: "    if (meaning === undefined) {\n      return { outcome: 'unknown'",
        replace: `    if (meaning === undefined) {
      if (rest !== undefined) return { ...rest, meaning: { class: 'tryAgainLater' } };
      return { outcome: 'unknown'`,
      },
    ],
  },
  {
    name: 'delivers for a part of the amount',
    shownBy: 'faults',
    breaks: ['I6'],
    patches: [
      {
        file: 'src/bank/iso8583-bank.ts',
        find: "    if (isForAmount(message, request.amount)) {\n      return { outcome: 'approved'",
        replace:
          "    if (isForAmount(message, request.amount) || approval !== undefined) {\n      return { outcome: 'approved'",
      },
    ],
  },
  {
    name: 'sends no reversal that field 38 does not fit',
    shownBy: 'faults',
    breaks: ['person'],
    patches: [
      {
        file: 'src/bank/transaction-messages.ts',
        find: '    38: authorisationField(profile, request),\n',
        replace:
          "    38: request.authorisationCode?.trim() ?? (request.isApproved === true ? '' : undefined),\n",
      },
      {
        file: 'src/bank/iso8583-bank.ts',
        find: '      const { message, leftOut } = sendableMessage(profile, made);\n',
        replace: '      const { message, leftOut } = { ...sendableMessage(profile, made), message: made };\n',
      },
    ],
  },
  {
    name: 'says “paid” before it is committed',
    shownBy: 'kills',
    tryFirst: 15,
    breaks: ['I10'],
    patches: [
      {
        file: takePayment,
        find: '  const recorded = await orUnresolved(parts, payment, () => recordDelivery(',
        replace: `  if (answer.outcome === 'accepted') {
    parts.background.run(
      new Promise((resolve) => setTimeout(resolve, 20)).then(() => recordDelivery(parts, payment, answer)),
    );
    return { outcome: 'paid', reference: referenceOf(payment) };
  }
  const recorded = await orUnresolved(parts, payment, () => recordDelivery(`,
      },
    ],
  },
  {
    name: 'swallows the provider’s refusal',
    shownBy: 'faults',
    breaks: ['I3', 'I8'],
    patches: [
      {
        file: 'src/payment/deliver-order.ts',
        find: "    case 'refused':\n      return persist(parts, {\n        payment,\n",
        replace: `    case 'refused':
      if (payment !== undefined) {
        return persist(parts, { payment, path: [edge('delivering', 'completed')] });
      }
      return persist(parts, {
        payment,
`,
      },
    ],
  },
  {
    name: 'begins its STANs anew after a restart',
    shownBy: 'kills',
    breaks: ['I7'],
    patches: [
      {
        file: 'src/bank/mysql-trace-numbers.ts',
        find: '    const stan = await this.#next(stans, stanOfDay);\n',
        replace: '    await this.#next(stans, stanOfDay);\n    const stan = (this.#restarted += 1);\n',
      },
      {
        file: 'src/bank/mysql-trace-numbers.ts',
        find: '  readonly #database: Database;\n',
        replace: '  #restarted = 0;\n  readonly #database: Database;\n',
      },
    ],
  },
  {
    name: 'writes no notice',
    shownBy: 'faults',
    breaks: ['I9'],
    patches: [
      {
        file: consequences,
        find: "reversed: { ledger: 'voided', notice: 'reversed',",
        replace: "reversed: { ledger: 'voided',",
      },
    ],
  },
  {
    name: 'takes a short cut through its states',
    shownBy: 'faults',
    breaks: ['I5'],
    patches: [
      {
        file: takePayment,
        find: "path: [edge('authorising', 'authorised'), edge('authorised', 'delivering')]",
        replace: "path: [{ from: 'authorising', to: 'delivering' } as never]",
      },
    ],
  },
  {
    name: 'leaves what is unresolved',
    shownBy: 'kills',
    breaks: ['I4'],
    patches: [
      {
        file: 'src/payment/resolve-unresolved.ts',
        find: '      passes.start();\n',
        replace: '',
      },
    ],
  },
  ...brokenLedgerBuilds,
  ...brokenOrderBuilds,
];

/** Shown by two providers in one database: it asks whichever provider it knows after the order of any. */
export const asksAnotherProvider: Pick<BrokenBuild, 'name' | 'patches' | 'breaks'> = {
  name: 'asks another provider than the payment names',
  breaks: ['I3'],
  patches: [
    {
      file: 'src/provider/provider-registry.ts',
      find: '    return this.#providers.get(id);\n',
      replace: '    return this.#providers.get(id) ?? this.all()[0];\n',
    },
    {
      file: 'src/payment/mysql-payment-store.ts',
      find: ".whereIn('provider', providers)",
      replace: ".whereNotNull('provider')",
    },
  ],
};
