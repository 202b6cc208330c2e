import { mobilePhone } from '../../phone-number.js';
import { type Arrival, bringsOrder, readDialled, returnsToAgent } from '../arrival.js';
import { afresh, type Base, type Chart, chart, type Frame, type Leaving, type State } from '../chart.js';
import type { Languages } from '../language.js';
import type { Pace } from '../line.js';
import { says } from '../prompt.js';
import { type Choice, menu } from '../question.js';
import { asNumber, type Said, saysAll, saysGiven, saysOneOf, saysWhen } from '../said.js';
import { decides, ends, enters, known, leavesToo, performs, tells } from '../step.js';
import type { Unfinished } from '../unfinished.js';
import type { PaymentNews } from '../work.js';
import type { ChooseLanguage } from './choose-language.js';
import { hearNews } from './hear-news.js';
import { languageChanges } from './language-changes.js';
import { menusOver, range } from './menus-over.js';
import { payOrder } from './order.js';
import { reachAgent } from './reach-agent.js';
import { welcomes } from './welcome.js';

type Input = {
  /** Undefined: withheld. */
  readonly callerPhone: string | undefined;
  readonly arrival: Arrival;
  /** What an earlier call left unfinished; it is offered before the menu. */
  readonly unfinished?: Unfinished | undefined;
};

/** What the dialogue of a service is begun with. */
export type ServiceInput = {
  /** The mobile phone that calls. Undefined: withheld, or no phone that could be recharged or billed. */
  readonly callerPhone: string | undefined;
};

/** A service, as the menus know it. */
export type ServiceInMenu = {
  readonly id: string;
  /** The digits that lead to it from the main menu. */
  readonly path: string;
  /** What it is called in its menu. */
  readonly label: Said<unknown>;
  readonly chart: Chart<ServiceInput>;
  /** Something is paid in it: who leaves it before hears that nothing was. */
  readonly sale?: object | undefined;
};
type Context = Base &
  Input & {
    /** The caller goes on with what was left unfinished. */
    readonly goesOn: boolean;
    readonly greeted: boolean;
    /** Digits that were dialled behind the service number. */
    readonly dialled: string | undefined;
    /** Results of earlier payments that the caller may ask for. */
    readonly waitingNews: readonly PaymentNews[];
    /** The pace was changed, which is said before the menu is heard again. */
    readonly paceChanged: boolean;
    /** True when the caller gave up in the middle of a payment: they are told that nothing was paid. */
    readonly unpaid: boolean;
  };

const otherPace = { normal: 'slow', slow: 'normal' } as const satisfies Record<Pace, Pace>;
const paceChosen = saysOneOf(
  { slow: says('pace.slow'), normal: says('pace.normal') },
  ({ pace }: Context) => pace,
);
const otherPaceOffered = saysOneOf(
  { slow: says('pace.offer-normal'), normal: says('pace.offer-slow') },
  ({ pace }: Context) => pace,
);
/** How a payment is left: the caller must hear that nothing was paid. */
const leavesUnpaid = {
  target: 'left',
  keep: (_: Context, { why }: { readonly why: Leaving }) => ({ leaving: why, unpaid: true }),
};
/** Back to the menu, with all that led there done with. */
const toMenu = {
  keep: () => ({ leaving: undefined, unpaid: false, unfinished: undefined }),
  target: 'mainMenu',
};
const offered = ({ unfinished }: Context) => known(unfinished, 'what was left unfinished');
const hasMoreNews = ({ waitingNews }: Context) => waitingNews.length > 0;
/**
 * Services speak of "this phone" only where it is one that they can serve: whoever calls from a landline or from
 * abroad keys a number, as one who withholds theirs.
 */
const caller = ({ callerPhone }: Context) => ({
  callerPhone: callerPhone === undefined ? undefined : mobilePhone(callerPhone),
});
const agentWaits = ({ arrival }: Context) => returnsToAgent(arrival);
const welcome = welcomes(({ arrival }: Context) => arrival.entry);

/**
 * Makes the chart of a whole conversation over these services in these languages, from pick-up to goodbye:
 * language, news, the menus, the services, and the ways out. What leaves a service for a reason of its own comes
 * here.
 */
export function conversationOver(
  services: readonly ServiceInMenu[],
  languages: Languages,
  chooseLanguage: ChooseLanguage,
): Chart<Input> {
  const changing = languageChanges<Context>(languages);
  const served = Object.fromEntries(
    services.map((service): [string, State<Context>] => [
      stateOf(service),
      {
        ...enters(
          { ...service.chart.given(caller), goesOnAt: goesOnAt(service) },
          { finished: 'served', left: service.sale === undefined ? leavesToo() : leavesUnpaid },
        ),
        leaving: () => ({ goesOn: false, unfinished: undefined }),
      },
    ]),
  );
  const menus = menusOver(services);
  const menuState = (digits: string) => (digits === '' ? 'mainMenu' : `menu:${digits}`);
  /** What the menu that these digits lead to offers, in the order of the keys. */
  const choicesBehind = (digits: string): readonly Choice<Context>[] =>
    range(1, 9)
      .map((key) => `${digits}${key}`)
      .flatMap((path): readonly Choice<Context>[] => {
        const service = services.find((each) => each.path === path);
        const key = path.slice(-1);
        if (service !== undefined) {
          return [{ key, label: service.label, target: stateOf(service) }];
        }
        const label = menus.get(path);
        return label === undefined ? [] : [{ key, label, target: menuState(path) }];
      });
  const submenus = Object.fromEntries(
    [...menus.keys()].map((digits): [string, State<Context>] => [
      menuState(digits),
      menu({
        choices: choicesBehind(digits),
        star: { target: menuState(digits.slice(0, -1)) },
      }),
    ]),
  );
  /** Where digits behind the service number lead at once: to a service, or into a menu. */
  const dialledPaths = [
    ...services.map((service) => [service.path, stateOf(service)] as const),
    ...[...menus.keys()].map((digits) => [digits, menuState(digits)] as const),
  ].map(([path, target]) => ({ guard: ({ dialled }: Context) => dialled === path, target }));
  return chart<Context, Input>({
    name: 'conversation',
    initial: 'begin',
    context: ({ callerPhone, arrival, unfinished }) => ({
      ...{ callerPhone, arrival, unfinished },
      goesOn: false,
      dialled: arrival.entry === 'direct' ? arrival.dialled : undefined,
      greeted: false,
      waitingNews: [],
      paceChanged: false,
      unpaid: false,
    }),
    states: {
      begin: decides([
        { guard: ({ language }) => language === undefined, target: 'choosingLanguage' },
        { guard: ({ callerPhone }) => callerPhone !== undefined, target: 'hearingNews' },
        { target: 'beginning' },
      ]),
      choosingLanguage: enters(
        chooseLanguage.given(({ arrival }) => ({ entry: arrival.entry })),
        {
          languageChosen: { keep: (_, { language }) => ({ language, greeted: true }), target: 'begin' },
          left: leavesToo(),
        },
      ),
      hearingNews: enters(
        hearNews.given(({ greeted, arrival }) => ({ greeted, entry: arrival.entry, waiting: undefined })),
        {
          newsHeard: {
            keep: (_, { greeted, waiting }) => ({ greeted, waitingNews: waiting }),
            target: 'beginning',
          },
          left: leavesToo(),
        },
      ),
      hearingMoreNews: enters(
        hearNews.given(({ arrival, waitingNews }) => ({
          greeted: true,
          entry: arrival.entry,
          waiting: waitingNews,
        })),
        {
          newsHeard: { keep: (_, { waiting }) => ({ waitingNews: waiting }), target: 'mainMenu' },
          left: leavesToo(),
        },
      ),
      beginning: decides([
        {
          guard: (context) => !wantsSomething(context) && context.unfinished !== undefined,
          target: 'askGoOn',
        },
        { guard: (context) => !wantsSomething(context), target: 'mainMenu' },
        { guard: ({ greeted }) => !greeted, target: 'tellWelcome' },
        { guard: ({ arrival }) => bringsOrder(arrival), target: 'order' },
        ...dialledPaths,
        { guard: dialledOrderCode, target: 'dialledOrder' },
        { target: 'mainMenu' },
      ]),
      // What was keyed ahead was meant for the menu, and must not say yes.
      askGoOn: menu({
        before: saysWhen(({ greeted }) => !greeted, welcome),
        choices: [
          { key: '1', label: saysGiven((context: Context) => offered(context).label), target: 'goingOn' },
        ],
        tail: says('or-main-menu'),
        dropsTypeAhead: true,
        otherwise: { target: 'notGoingOn' },
        leaving: () => ({ greeted: true }),
      }),
      goingOn: performs<Context, 'take-unfinished'>({
        does: ['take-unfinished'],
        work: (context) => ({ do: 'take-unfinished', id: offered(context).id, goesOn: true }),
        on: {
          done: [
            ...services
              .filter(({ sale }) => sale !== undefined)
              .map((service) => ({
                guard: ({ unfinished }: Context) => unfinished?.service === service.id,
                keep: () => ({ goesOn: true }),
                target: stateOf(service),
              })),
            toMenu,
          ],
          unavailable: toMenu,
          fault: toMenu,
        },
      }),
      notGoingOn: performs<Context, 'take-unfinished'>({
        does: ['take-unfinished'],
        work: (context) => ({ do: 'take-unfinished', id: offered(context).id, goesOn: false }),
        on: { done: toMenu, unavailable: toMenu, fault: toMenu },
      }),
      tellWelcome: tells(welcome, { keep: () => ({ greeted: true }), target: 'beginning' }, 'remark'),
      dialledOrder: enters(
        payOrder.given(({ callerPhone, dialled }) => ({ callerPhone, keysCode: true, code: dialled })),
        { finished: 'served', left: leavesUnpaid },
      ),
      order: enters(
        payOrder.given(({ callerPhone }) => ({ callerPhone, keysCode: false })),
        {
          finished: 'served',
          left: [
            { guard: (_, { why }) => why === 'cancelled' || why === 'back', target: 'tellNotPaid' },
            leavesUnpaid,
          ],
        },
      ),
      // There is no menu behind the order that somebody else prepared.
      tellNotPaid: tells(saysAll(says('cancelled'), says('nothing-paid')), 'served', 'remark'),
      mainMenu: menu({
        before: saysAll(
          saysWhen(({ greeted }) => !greeted, welcome),
          saysWhen(({ paceChanged }) => paceChanged, paceChosen),
        ),
        choices: [
          ...choicesBehind(''),
          ...changing.choices,
          {
            key: '6',
            label: says('menu.more-news', ({ waitingNews }: Context) => ({
              count: asNumber(waitingNews.length),
            })),
            guard: hasMoreNews,
            target: 'hearingMoreNews',
          },
        ],
        star: 'repeats',
        nine: {
          label: otherPaceOffered,
          keep: ({ pace }) => ({ pace: otherPace[pace], paceChanged: true }),
          target: 'rememberingPace',
        },
        leaving: () => ({ greeted: true, paceChanged: false }),
      }),
      ...changing.states,
      // A pace that could not be remembered holds for this call.
      rememberingPace: performs({
        does: ['remember-pace'],
        work: ({ pace }) => ({ do: 'remember-pace', pace }),
        on: { done: 'mainMenu', unavailable: 'mainMenu', fault: 'mainMenu' },
      }),
      ...submenus,
      ...served,
      served: decides([{ guard: agentWaits, target: 'tellReturning' }, { target: 'askAnother' }]),
      askAnother: menu({
        choices: [{ key: '1', label: says('choice.another-service'), ...toMenu }],
        tail: says('or-hang-up'),
        otherwise: { target: 'tellGoodbye' },
      }),
      left: decides([
        { guard: left('hung-up'), target: 'hungUp' },
        { guard: left('agent'), target: 'reachingAgent' },
        { guard: left('back'), ...toMenu },
        { guard: left('cancelled'), target: 'tellCancelled' },
        { guard: agentWaits, target: 'tellReturning' },
        { target: 'offeringAgent' },
      ]),
      tellCancelled: tells(
        saysAll(
          says('cancelled'),
          saysWhen(({ unpaid }) => unpaid, says('nothing-paid')),
        ),
        toMenu,
        'remark',
      ),
      reachingAgent: enters(
        reachAgent.given((context) => ({ because: agentWaits(context) ? 'awaited' : 'asked' })),
        {
          transferred: 'transferred',
          // Whose language is not known yet has no menu to go back to.
          unavailable: [
            { guard: ({ language }) => language === undefined, target: 'choosingLanguage' },
            toMenu,
          ],
          left: 'hungUp',
        },
      ),
      offeringAgent: enters(
        reachAgent.given(() => ({ because: 'gave-up' })),
        {
          transferred: 'transferred',
          unavailable: 'tellWhyEnding',
          left: 'hungUp',
        },
      ),
      tellWhyEnding: tells(
        saysAll(
          saysWhen(({ unpaid }) => unpaid, says('nothing-paid')),
          saysOneOf(
            { silent: says('goodbye.silent'), 'wrong-keys': says('goodbye.wrong-keys') },
            ({ leaving }: Context) => (leaving === 'silent' ? 'silent' : 'wrong-keys'),
          ),
        ),
        'gaveUp',
        'notice',
      ),
      tellReturning: tells(
        saysAll(
          saysWhen(({ unpaid }) => unpaid, says('nothing-paid')),
          says('agents.returning'),
        ),
        'returned',
        'remark',
      ),
      tellGoodbye: tells(says('goodbye'), 'completed', 'notice'),
      returned: ends({ type: 'over', ending: 'returned' }),
      completed: ends({ type: 'over', ending: 'completed' }),
      gaveUp: ends(({ leaving }) => ({
        type: 'over',
        ending: leaving === 'silent' ? 'gave-up-silent' : 'gave-up-wrong-keys',
      })),
      hungUp: ends({ type: 'over', ending: 'caller-hung-up' }),
      transferred: ends({ type: 'over', ending: 'transferred' }),
    },
  });
}

const servicePrefix = 'service:';

/** The state in which the conversation is in this service. */
function stateOf({ id }: Pick<ServiceInMenu, 'id'>): string {
  return `${servicePrefix}${id}`;
}

/** Returns the id of the service that a conversation is in, from its outermost frame; undefined: in none. */
export function serviceAt({ state }: Pick<Frame, 'state'>): string | undefined {
  return state.startsWith(servicePrefix) ? state.slice(servicePrefix.length) : undefined;
}

/** Where this service goes on, in the manner in which the caller is spoken to now. */
function goesOnAt({ id }: Pick<ServiceInMenu, 'id'>) {
  return ({ goesOn, unfinished, language, pace }: Context): readonly Frame[] =>
    goesOn && unfinished?.service === id
      ? unfinished.stack.map((frame) => afresh(frame, { language, pace }))
      : [];
}

function left(why: Leaving) {
  return ({ leaving }: Context) => leaving === why;
}

/** Whether the caller, or who sent them, has said already what they want. */
function wantsSomething({ arrival, dialled }: Context): boolean {
  return bringsOrder(arrival) || dialled !== undefined;
}

function dialledOrderCode({ dialled }: Context): boolean {
  return dialled !== undefined && 'orderCode' in readDialled(dialled);
}
