import { declarePrompts } from '../../dialogue/said.js';

export const { says, part: prompts } = declarePrompts({
  questions: {
    'bill.ask-whose': {},
    'bill.ask-which': {},
    'bill.ask-how-much': { due: 'money' },
    'bill.ask-amount': { due: 'money' },
  },
  statements: {
    'bill.nothing-due': { phone: 'phone' },
    'bill.announced': { amount: 'money', phone: 'phone' },
    'bill.read-back': { amount: 'money', phone: 'phone' },
    'bill.paid': { amount: 'money' },
    'bill.went-through': { amount: 'money', phone: 'phone' },
  },
});
