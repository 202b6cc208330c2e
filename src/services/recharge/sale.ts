import { keptPhoneDetails, type PhoneDetails, phoneDetails, wordsOfPhone } from '../phone-details.js';
import { defineSale } from '../service.js';
import { says } from './prompts.js';

/** What a recharge is: whole yuan for one phone. */
export const sale = defineSale<PhoneDetails>({
  service: 'recharge',
  details: phoneDetails,
  kept: keptPhoneDetails,
  subject: ({ phone }) => phone,
  amount: { leastMinor: 100, greatestMinor: 50_000, stepMinor: 100 },
  provider: 'carrier',
  words: wordsOfPhone({
    announced: says('recharge.announced', (values) => values),
    readBack: says('recharge.read-back', (values) => values),
    paid: says('recharge.paid', ({ amount }) => ({ amount })),
    wentThrough: says('recharge.went-through', (values) => values),
    goOn: says('recharge.go-on', ({ amount }) => ({ amount })),
  }),
});
