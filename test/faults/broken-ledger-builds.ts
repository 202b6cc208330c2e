import type { BrokenBuild } from './broken-build.js';

const consequences = 'src/payment/consequences.ts';

/** Products whose ledger does not say what the payments did. */
export const brokenLedgerBuilds: readonly BrokenBuild[] = [
  {
    name: 'does not post to the ledger',
    shownBy: 'faults',
    breaks: ['I2'],
    patches: [
      {
        file: consequences,
        find: "completed: { ledger: 'posted', notice: 'completed',",
        replace: "completed: { notice: 'completed',",
      },
    ],
  },
  {
    name: 'posts twice to the ledger',
    shownBy: 'faults',
    breaks: ['I2'],
    patches: [
      {
        file: consequences,
        find: '    return made[ledger]();\n',
        replace: `    const other = { ...pending, id: newId() };
    return ledger === 'posted' ? [post(pending, newId()), other, post(other, newId())] : made[ledger]();
`,
      },
    ],
  },
  {
    name: 'posts one leg only',
    shownBy: 'faults',
    breaks: ['I1'],
    patches: [
      {
        file: 'src/ledger/mysql-ledger-store.ts',
        find: '    checkBalanced(transfer);\n',
        replace:
          "    if (transfer.kind === 'posted') transfer = { ...transfer, entries: transfer.entries.slice(1) };\n",
      },
    ],
  },
];
