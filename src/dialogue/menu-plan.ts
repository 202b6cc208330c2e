import { declarePrompts, type Said } from './said.js';

const { says, part } = declarePrompts({
  questions: {},
  statements: {
    'menu.balances': {},
    'menu.more': {},
    'menu.pay-and-give': {},
    'menu.buy': {},
    'menu.tickets': {},
    'menu.cards-and-papers': {},
    'menu.purse': {},
    'menu.my-wallet': {},
  },
});

/** The prompts of the menus. One that no service lies behind is never heard. */
export const menuPrompts = part;

/**
 * The menus that services lie in, by the digits that lead to them: one plan for every channel. A menu without a
 * service behind it is not offered.
 */
export const menuPlan: Readonly<Record<string, Said<unknown>>> = {
  '1': says('menu.balances'),
  '5': says('menu.more'),
  '51': says('menu.pay-and-give'),
  '52': says('menu.buy'),
  '521': says('menu.tickets'),
  '524': says('menu.cards-and-papers'),
  '53': says('menu.purse'),
  '54': says('menu.my-wallet'),
};
