/** The calls of `npm run test:quick`: of each service, one that goes well, by the file and the title of its test. */
export const oneCallOfEachService = [
  {
    file: 'test/calls/balances.test.ts',
    title: 'the card balance of the English phone is 1,000.00, to the fen',
  },
  {
    file: 'test/calls/balances.test.ts',
    title: 'what is left on the phone is told as the carrier knows it',
  },
  {
    file: 'test/calls/recharge.test.ts',
    title: 'the own phone is recharged, and the caller hears what was paid and its reference',
  },
  { file: 'test/calls/bill.test.ts', title: 'all that is due is paid with one key' },
] as const;
