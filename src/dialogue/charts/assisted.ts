import { type Base, chart, type Leaving } from '../chart.js';
import { says } from '../prompt.js';
import { entry, menu } from '../question.js';
import { asCard, asNumber, saysAll } from '../said.js';
import { decides, ends, enters, known, leavesToo, performs, secretOf, tells } from '../step.js';
import type { AssistedProgress, CardChoice, OrderClosed, OrderToPay } from '../work.js';
import { cardNumber } from './choose-card.js';
import type { ChooseLanguage } from './choose-language.js';
import { readsBack, saysWhyClosed } from './purchase-words.js';
import { reachAgent } from './reach-agent.js';
import { tellResult } from './tell-result.js';

type Input = {
  /** Undefined: withheld. */
  readonly callerPhone: string | undefined;
};
/** What `tellResult` can tell. */
type Result = Parameters<typeof tellResult.begin>[1]['result'];
type Context = Base &
  Input & {
    readonly order: OrderToPay | undefined;
    readonly why: OrderClosed | undefined;
    readonly card: CardChoice | undefined;
    /** True while there is a PIN for this card, keyed after the caller had confirmed what it pays. */
    readonly pinKept: boolean;
    readonly wrongPins: number;
    /** Of the PIN that was wrong just now. */
    readonly triesLeft: number | undefined;
    /** What has just happened and the agent has not seen yet. */
    readonly because: AssistedProgress | undefined;
    readonly result: Result | undefined;
  };

/** Whatever the wallet counts, one session tries a PIN this often. */
const pinsTried = 3;

const order = (context: Context) => known(context.order, 'the order');
const card = (context: Context) => known(context.card, 'the card');
const cardNamed = (context: Context) => ({ card: asCard(card(context)) });
/** Goes back to the agent, who sees why. */
const awaits = (because: AssistedProgress) => ({ keep: () => ({ because }), target: 'awaiting' });
const telling = {
  keep: (_: Context, result: Result) => ({ result, pinKept: false }),
  target: 'telling',
};

/**
 * A payment that an agent leads who stays on the line. The caller keys what the agent wants keyed, hears what
 * is paid and confirms it before the PIN, and hears the result; whatever does not work out goes back to the
 * agent. The PIN is in no context: it goes from the answer to whoever keeps it.
 */
export const assistedIn = (chooseLanguage: ChooseLanguage) =>
  chart<Context, Input>({
    name: 'assisted',
    initial: 'begin',
    context: ({ callerPhone }) => ({
      callerPhone,
      order: undefined,
      why: undefined,
      card: undefined,
      pinKept: false,
      wrongPins: 0,
      triesLeft: undefined,
      because: 'began',
      result: undefined,
    }),
    states: {
      begin: decides([
        { guard: ({ language }) => language === undefined, target: 'choosingLanguage' },
        { target: 'findingOrder' },
      ]),
      // Who chooses none hears everything in all of them.
      choosingLanguage: enters(
        chooseLanguage.given(() => ({ entry: 'transfer' })),
        {
          languageChosen: { keep: (_, { language }) => ({ language }), target: 'findingOrder' },
          left: [{ guard: (_, { why }) => why === 'hung-up', target: 'hungUp' }, { target: 'findingOrder' }],
        },
      ),
      findingOrder: performs({
        does: ['find-order'],
        work: () => ({ do: 'find-order' }),
        on: {
          orderFound: { keep: (_, found) => ({ order: found.order }), target: 'findingCards' },
          orderClosed: { keep: (_, { why }) => ({ why }), target: 'tellClosed' },
          unavailable: 'tellUnable',
          fault: 'tellUnable',
        },
      }),
      // Without a card of their own, or while the bank cannot be asked, callers key the number of one.
      findingCards: performs({
        does: ['find-cards'],
        work: () => ({ do: 'find-cards' }),
        on: {
          cardsFound: {
            keep: (_, { cards }) => ({ card: cards.find(({ locked }) => locked !== true) ?? cards[0] }),
            target: 'tellBegan',
          },
          unavailable: 'tellBegan',
          fault: 'tellBegan',
        },
      }),
      tellBegan: tells(says('assisted.began'), 'awaiting', 'remark'),
      awaiting: performs({
        does: ['await-agent'],
        work: ({ because }: Context) => ({ do: 'await-agent', because: known(because, 'what happened') }),
        wait: 'in-silence',
        leaving: (): Partial<Context> => ({ because: undefined, leaving: undefined }),
        on: {
          agentAsks: [
            {
              guard: (context, { field }) => field === 'card-number' || context.card === undefined,
              target: 'askNumber',
            },
            { guard: (context) => card(context).locked === true, target: 'tellLocked' },
            { target: 'confirmOrder' },
          ],
          agentCompletes: [{ guard: ({ pinKept }) => pinKept, target: 'paying' }, awaits('pin-missing')],
          agentCancels: 'tellCancelled',
          callerLeft: 'hungUp',
          agentLeft: 'reachingAgent',
          fault: 'reachingAgent',
        },
      }),
      askNumber: entry({
        ask: says('card.ask-number'),
        listen: cardNumber,
        dropsTypeAhead: true,
        secret: 'checking',
      }),
      checking: performs({
        does: ['check-card-number'],
        work: (_, answer) => ({ do: 'check-card-number', number: secretOf(answer) }),
        on: {
          cardAccepted: [
            {
              guard: (_, accepted) => accepted.card.locked === true,
              keep: (_, accepted) => ({ card: accepted.card, pinKept: false }),
              target: 'tellLocked',
            },
            {
              keep: (_, accepted) => ({ card: accepted.card, pinKept: false, because: 'card-kept' }),
              target: 'awaiting',
            },
          ],
          cardRefused: 'tellRefused',
          unavailable: 'tellBankUnavailable',
          fault: 'tellNotPossible',
        },
      }),
      tellRefused: tells(says('card.refused'), awaits('card-refused'), 'notice'),
      tellLocked: tells(says('card.locked', cardNamed), awaits('card-refused'), 'notice'),
      tellBankUnavailable: tells(says('bank.unavailable'), awaits('card-refused'), 'notice'),
      confirmOrder: menu({
        heardFirst: readsBack((context: Context) => ({ purchase: order(context), card: card(context) })),
        reminder: says('nothing-paid-yet'),
        choices: [
          { key: '1', label: says('choice.pay'), target: 'askPin' },
          { key: '2', label: says('choice.do-not-pay'), ...awaits('not-confirmed') },
        ],
        star: awaits('not-confirmed'),
        // Whatever was confirmed before, this decides.
        leaving: () => ({ pinKept: false }),
      }),
      askPin: entry({
        ask: says('pin.ask'),
        listen: { for: 'secret', kind: 'card-pin', length: 6 },
        dropsTypeAhead: true,
        secret: 'keepingPin',
      }),
      keepingPin: performs({
        does: ['keep-pin'],
        work: (context, answer) => ({ do: 'keep-pin', card: card(context), pin: secretOf(answer) }),
        on: {
          done: { keep: () => ({ pinKept: true, because: 'pin-kept' }), target: 'awaiting' },
          fault: 'tellNotPossible',
        },
      }),
      tellNotPossible: tells(says('not-possible-now'), awaits('no-answer'), 'notice'),
      paying: performs({
        does: ['pay-kept'],
        work: (context) => ({ do: 'pay-kept', order: order(context), card: card(context) }),
        wait: 'says-so-at-once',
        on: {
          wrongPin: [
            {
              guard: ({ wrongPins }, { triesLeft }) => triesLeft > 0 && wrongPins + 1 < pinsTried,
              keep: ({ wrongPins }, { triesLeft }) => ({
                wrongPins: wrongPins + 1,
                triesLeft,
                pinKept: false,
              }),
              target: 'tellWrongPin',
            },
            { keep: () => ({ result: { type: 'pinLocked' }, pinKept: false }), target: 'telling' },
          ],
          pinMissing: { keep: () => ({ pinKept: false, because: 'pin-missing' }), target: 'awaiting' },
          paid: telling,
          declined: telling,
          returning: telling,
          unresolved: telling,
          unavailable: telling,
          orderClosed: telling,
          fault: telling,
        },
      }),
      tellWrongPin: tells(
        says('pin.wrong', ({ triesLeft }: Context) => ({
          tries: asNumber(known(triesLeft, 'the tries left')),
        })),
        { keep: () => ({ because: 'pin-wrong', triesLeft: undefined }), target: 'awaiting' },
        'result',
      ),
      telling: enters(
        tellResult.given((context) => ({
          purchase: order(context),
          callerPhone: context.callerPhone,
          card: card(context),
          result: known(context.result, 'the result'),
        })),
        { finished: 'returned', left: leavesToo() },
      ),
      tellClosed: tells(
        saysWhyClosed(({ why }: Context) => known(why, 'why the order is closed')),
        'returned',
        'notice',
      ),
      tellUnable: tells(says('not-possible-now'), 'returned', 'notice'),
      tellCancelled: tells(saysAll(says('cancelled'), says('nothing-paid')), 'returned', 'remark'),
      // Silence, wrong keys, `0` and `**` have an agent to go to already.
      left: decides([{ guard: left('hung-up'), target: 'hungUp' }, awaits('no-answer')]),
      reachingAgent: enters(
        reachAgent.given(() => ({ because: 'gave-up' })),
        { transferred: 'transferred', unavailable: 'tellGoodbye', left: 'hungUp' },
      ),
      tellGoodbye: tells(saysAll(says('nothing-paid'), says('goodbye')), 'completed', 'notice'),
      returned: ends({ type: 'over', ending: 'returned' }),
      transferred: ends({ type: 'over', ending: 'transferred' }),
      completed: ends({ type: 'over', ending: 'completed' }),
      hungUp: ends({ type: 'over', ending: 'caller-hung-up' }),
    },
  });

function left(why: Leaving) {
  return ({ leaving }: Context) => leaving === why;
}
