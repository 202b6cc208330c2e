import { declarePrompts } from '../../dialogue/said.js';

export const { says, part: prompts } = declarePrompts({
  questions: {},
  statements: { 'phone-balance.menu': {}, 'phone-balance.told': { balance: 'money' } },
});
