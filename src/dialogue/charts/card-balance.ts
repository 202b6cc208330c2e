import type { DeclineReason } from '../../decline-reason.js';
import type { Money } from '../../money.js';
import { type Base, chart } from '../chart.js';
import { asCard, asMoney, declinedPrompts, says, saysAll, saysOneOf } from '../prompt.js';
import { ends, enters, known, leavesToo, leftEnd, tells } from '../step.js';
import type { CardChoice } from '../work.js';
import { chooseCard } from './choose-card.js';
import { enterPin } from './enter-pin.js';

type Context = Base & {
  readonly card: CardChoice | undefined;
  readonly balance: Money | undefined;
  readonly reason: DeclineReason | undefined;
};

const card = (context: Context) => known(context.card, 'the card');

/** Tells what is on a bank card. */
export const cardBalance = chart<Context>({
  name: 'card-balance',
  initial: 'choosingCard',
  context: () => ({ card: undefined, balance: undefined, reason: undefined }),
  states: {
    choosingCard: enters(
      chooseCard.given(() => undefined),
      {
        cardChosen: { keep: (_, chosen) => ({ card: chosen.card }), target: 'asking' },
        finished: 'finished',
        left: leavesToo(),
      },
    ),
    asking: enters(
      enterPin.given((context) => ({ card: card(context), work: { do: 'card-balance' } })),
      {
        balance: { keep: (_, { balance }) => ({ balance }), target: 'tellBalance' },
        declined: { keep: (_, { reason }) => ({ reason }), target: 'tellDeclined' },
        pinLocked: 'tellLocked',
        unavailable: 'tellUnavailable',
        fault: 'tellFault',
        left: leavesToo(),
      },
    ),
    tellBalance: tells(
      says('balance.card', (context: Context) => ({
        balance: asMoney(known(context.balance, 'the balance')),
        card: asCard(card(context)),
      })),
      'finished',
      'result',
    ),
    tellDeclined: tells(
      saysAll(
        says('balance.not-told'),
        saysOneOf(declinedPrompts, ({ reason }: Context) => known(reason, 'the reason')),
      ),
      'finished',
      'result',
    ),
    tellLocked: tells(
      says('card.just-locked', (context: Context) => ({ card: asCard(card(context)) })),
      'finished',
      'result',
    ),
    tellUnavailable: tells(says('bank.unavailable'), 'finished', 'result'),
    tellFault: tells(says('not-possible-now'), 'finished', 'result'),
    finished: ends({ type: 'finished' }),
    left: leftEnd(),
  },
});
