import type { Arrival } from '../arrival.js';
import { type Base, chart, type Told } from '../chart.js';
import { says } from '../prompt.js';
import { asMoney, asReference, saysAll, saysGiven, saysOneOf, saysWhen } from '../said.js';
import { decides, ends, known, leftEnd, performs, tells } from '../step.js';
import type { PaymentNews } from '../work.js';
import { welcomes } from './welcome.js';

/** So much is told before the caller is asked what they want; the rest they may ask for. */
const toldUnasked = 2;

type Input = {
  readonly greeted: boolean;
  readonly entry: Arrival['entry'];
  /** What the caller asks to hear, all of it; undefined: what there is, and not all of it. */
  readonly waiting: readonly PaymentNews[] | undefined;
};
type Context = Base &
  Input & {
    readonly news: readonly PaymentNews[];
    /** How much was told, cut short or not. */
    readonly told: number;
    /** References of what was heard to its end. */
    readonly heard: readonly string[];
  };

const newsAt = ({ news, told }: Context) => known(news[told], 'the news');
const amount = (context: Context) => ({ amount: asMoney(newsAt(context).amount) });
const reference = (context: Context) => ({ reference: asReference(newsAt(context).reference) });

/** How much is told in one go. */
const most = ({ waiting, news }: Context) =>
  waiting === undefined ? Math.min(toldUnasked, news.length) : news.length;
const keepTold = (context: Context, { cutShort }: Told) => ({
  told: context.told + 1,
  heard: cutShort === true ? context.heard : [...context.heard, newsAt(context).reference],
});

/**
 * What became of payments that this caller has not heard the end of. Two are told before anything new is
 * offered, and the rest when the caller asks for it. Any key goes on; what was cut short is told on the next call.
 * When it cannot be found out now the conversation goes on; the news stays for the next call.
 */
export const hearNews = chart<Context, Input>({
  name: 'hear-news',
  initial: 'begin',
  context: ({ greeted, entry, waiting }) => ({
    ...{ greeted, entry, waiting },
    ...{ news: waiting ?? [], told: 0, heard: [] },
  }),
  states: {
    begin: decides([{ guard: ({ news }) => news.length > 0, target: 'telling' }, { target: 'finding' }]),
    finding: performs({
      does: ['find-news'],
      work: () => ({ do: 'find-news' }),
      on: {
        news: [
          {
            guard: (_, { news }) => news.length > 0,
            keep: (_, { news }) => ({ news }),
            target: 'telling',
          },
          { target: 'heard' },
        ],
        unavailable: 'heard',
        fault: 'heard',
      },
    }),
    telling: tells(
      saysAll(
        saysWhen(
          ({ greeted, told }) => !greeted && told === 0,
          welcomes(({ entry }: Context) => entry),
        ),
        saysOneOf(
          {
            paid: saysGiven((context: Context) => newsAt(context).wentThrough),
            returned: says('news.returned', amount),
            'being-returned': says('news.being-returned', amount),
            'not-known-yet': says('news.not-known-yet', amount),
          },
          (context: Context) => newsAt(context).outcome,
        ),
        says('reference', reference),
      ),
      [
        {
          guard: (context) => context.told + 1 < most(context),
          keep: keepTold,
          target: 'telling',
        },
        { keep: keepTold, target: 'judging' },
      ],
      'remark',
    ),
    judging: decides([{ guard: ({ heard }) => heard.length > 0, target: 'noting' }, { target: 'heard' }]),
    noting: performs({
      does: ['news-heard'],
      work: ({ heard }) => ({ do: 'news-heard', references: heard }),
      on: { done: 'heard', unavailable: 'heard', fault: 'heard' },
    }),
    heard: ends(({ greeted, news, told }) => ({
      type: 'newsHeard',
      greeted: greeted || news.length > 0,
      waiting: news.slice(told),
    })),
    left: leftEnd(),
  },
});
