import { declarePrompts } from '../../dialogue/said.js';

export const { says, part: prompts } = declarePrompts({
  questions: {
    'bill.ask-amount': { due: 'money' },
  },
  statements: {
    'bill.menu': {},
    'bill.this-phone': {},
    'bill.another-phone': {},
    'bill.of-a-phone': {},
    'bill.order': {},
    'bill.due': { due: 'money' },
    'bill.all-of-it': {},
    'bill.part-of-it': {},
    'bill.nothing-due': { phone: 'phone' },
    'bill.announced': { amount: 'money', phone: 'phone' },
    'bill.read-back': { amount: 'money', phone: 'phone' },
    'bill.paid': { amount: 'money' },
    'bill.went-through': { amount: 'money', phone: 'phone' },
    'bill.go-on': { amount: 'money' },
  },
});
