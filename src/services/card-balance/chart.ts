import type { DeclineReason } from '../../decline-reason.js';
import { type Base, chart } from '../../dialogue/chart.js';
import { chooseCard } from '../../dialogue/charts/choose-card.js';
import type { ServiceInput } from '../../dialogue/charts/conversation.js';
import { enterPin } from '../../dialogue/charts/enter-pin.js';
import { says as coreSays, declinedPrompts } from '../../dialogue/prompt.js';
import { asCard, asMoney, saysAll, saysOneOf } from '../../dialogue/said.js';
import { ends, enters, known, leavesToo, leftEnd, tells } from '../../dialogue/step.js';
import type { CardChoice } from '../../dialogue/work.js';
import type { Money } from '../../money.js';

import { says } from './prompts.js';

type Context = Base & {
  readonly card: CardChoice | undefined;
  readonly balance: Money | undefined;
  readonly reason: DeclineReason | undefined;
};

const card = (context: Context) => known(context.card, 'the card');

/** Tells what is on a bank card. */
export const cardBalanceChart = chart<Context, ServiceInput>({
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
      enterPin.given((context) => ({
        card: card(context),
        work: { do: 'ask-card-balance', service: 'card-balance' },
      })),
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
      says('card-balance.told', (context: Context) => ({
        balance: asMoney(known(context.balance, 'the balance')),
        card: asCard(card(context)),
      })),
      'finished',
      'result',
    ),
    tellDeclined: tells(
      saysAll(
        says('card-balance.not-told'),
        saysOneOf(declinedPrompts, ({ reason }: Context) => known(reason, 'the reason')),
      ),
      'finished',
      'result',
    ),
    tellLocked: tells(
      coreSays('card.just-locked', (context: Context) => ({ card: asCard(card(context)) })),
      'finished',
      'result',
    ),
    tellUnavailable: tells(coreSays('bank.unavailable'), 'finished', 'result'),
    tellFault: tells(coreSays('not-possible-now'), 'finished', 'result'),
    finished: ends({ type: 'finished' }),
    left: leftEnd(),
  },
});
