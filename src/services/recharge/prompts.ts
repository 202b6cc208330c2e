import { declarePrompts } from '../../dialogue/said.js';

export const { says, part: prompts } = declarePrompts({
  questions: { 'recharge.ask-amount': {} },
  statements: {
    'recharge.menu': {},
    'recharge.this-phone': {},
    'recharge.another-phone': {},
    'recharge.announced': { amount: 'money', phone: 'phone' },
    'recharge.read-back': { amount: 'money', phone: 'phone' },
    'recharge.paid': { amount: 'money' },
    'recharge.went-through': { amount: 'money', phone: 'phone' },
    'recharge.go-on': { amount: 'money' },
  },
});
