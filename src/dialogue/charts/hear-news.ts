import type { Arrival } from '../arrival.js';
import { type Base, chart } from '../chart.js';
import { says } from '../prompt.js';
import { asMoney, asReference, saysAll, saysGiven, saysOneOf, saysWhen } from '../said.js';
import { ends, known, leftEnd, performs, tells } from '../step.js';
import type { PaymentNews } from '../work.js';
import { welcomes } from './welcome.js';

type Input = {
  readonly greeted: boolean;
  readonly entry: Arrival['entry'];
};
type Context = Base &
  Input & {
    readonly news: readonly PaymentNews[];
    readonly told: number;
  };

const newsAt = ({ news, told }: Context) => known(news[told], 'the news');
const amount = (context: Context) => ({ amount: asMoney(newsAt(context).amount) });
const reference = (context: Context) => ({ reference: asReference(newsAt(context).reference) });

/**
 * What became of payments that this caller has not heard the end of: told before anything new is offered.
 * When it cannot be found out now the conversation goes on; the news stays for the next call.
 */
export const hearNews = chart<Context, Input>({
  name: 'hear-news',
  initial: 'finding',
  context: ({ greeted, entry }) => ({ greeted, entry, news: [], told: 0 }),
  states: {
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
          guard: ({ news, told }) => told + 1 < news.length,
          keep: ({ told }) => ({ told: told + 1 }),
          target: 'telling',
        },
        { target: 'noting' },
      ],
      'notice',
    ),
    noting: performs({
      does: ['news-heard'],
      work: ({ news }) => ({ do: 'news-heard', references: news.map(({ reference }) => reference) }),
      on: { done: 'heard', unavailable: 'heard', fault: 'heard' },
    }),
    heard: ends(({ greeted, news }) => ({ type: 'newsHeard', greeted: greeted || news.length > 0 })),
    left: leftEnd(),
  },
});
