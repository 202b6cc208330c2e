import type { BrokenBuild } from './broken-build.js';

const consequences = 'src/payment/consequences.ts';

/** Products that pay an order wrong, forget to tell a caller, or believe what was said of another. */
export const brokenOrderBuilds: readonly BrokenBuild[] = [
  {
    name: 'takes an order outside the transaction of its payment',
    shownBy: 'kills of an order',
    tryFirst: 6,
    breaks: ['order'],
    patches: [
      {
        file: 'src/payment/mysql-payment-store.ts',
        find: `      await this.#surely(async (transaction) => {
        await transaction('payments').insert(toRow(payment));
        if (!(await takeOrder(transaction, payment))) {
`,
        replace: `      const isTaken = await this.#database.transaction((own) => takeOrder(own, payment));
      await this.#surely(async (transaction) => {
        await transaction('payments').insert(toRow(payment));
        if (!isTaken) {
`,
      },
    ],
  },
  {
    name: 'looks whether an order is open before it takes it',
    shownBy: 'rivals',
    breaks: ['order'],
    patches: [
      {
        file: 'src/payment/orders/mysql-paid-order.ts',
        find: `  const rows = await transaction('orders')
    .where({ id: orderId, state: 'open', service, target })
`,
        replace: `  const open = await transaction('orders').where({ id: orderId, state: 'open' }).first('id');
  if (open === undefined) {
    return false;
  }
  const rows = await transaction('orders')
    .where({ id: orderId, service, target })
`,
      },
    ],
  },
  {
    name: 'reopens an order while money moves',
    shownBy: 'rivals',
    breaks: ['order'],
    patches: [
      { file: consequences, find: '  reversing: {},\n', replace: "  reversing: { order: 'open' },\n" },
    ],
  },
  {
    name: 'takes what was not heard for heard',
    shownBy: 'kills',
    tryFirst: 14,
    breaks: ['news'],
    patches: [
      {
        file: consequences,
        find: "completed: { ledger: 'posted', notice: 'completed',",
        replace: "completed: { isNoNews: true, ledger: 'posted', notice: 'completed',",
      },
    ],
  },
];
