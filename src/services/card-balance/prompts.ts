import { declarePrompts } from '../../dialogue/said.js';

export const { says, part: prompts } = declarePrompts({
  questions: {},
  statements: {
    'card-balance.menu': {},
    'card-balance.told': { balance: 'money', card: 'card-ending' },
    'card-balance.not-told': {},
  },
});
