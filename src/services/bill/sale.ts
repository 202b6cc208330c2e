import { keptPhoneDetails, type PhoneDetails, phoneDetails, wordsOfPhone } from '../phone-details.js';
import { defineSale } from '../service.js';
import { says } from './prompts.js';

/** What paying a bill is: all of what is due on a phone, or whole yuan of it. */
export const sale = defineSale<PhoneDetails>({
  service: 'bill',
  details: phoneDetails,
  kept: keptPhoneDetails,
  subject: ({ phone }) => phone,
  amount: { leastMinor: 100, greatestMinor: 9_999_900, stepMinor: 100, upToDue: true },
  provider: 'carrier',
  discloses: true,
  words: wordsOfPhone({
    announced: says('bill.announced', (values) => values),
    readBack: says('bill.read-back', (values) => values),
    paid: says('bill.paid', ({ amount }) => ({ amount })),
    wentThrough: says('bill.went-through', (values) => values),
    goOn: says('bill.go-on', ({ amount }) => ({ amount })),
  }),
});
