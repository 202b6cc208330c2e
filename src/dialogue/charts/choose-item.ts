import { type Base, type Chart, chart } from '../chart.js';
import { says } from '../prompt.js';
import { type Choice, menu } from '../question.js';
import { type Said, saysOneOf } from '../said.js';
import { decides, ends, known, leftEnd, performs, tells } from '../step.js';
import type { OfferedItem } from '../work.js';

type Context = Base & {
  /** What is on sale and can be said. */
  readonly items: readonly OfferedItem[];
  /** How many pages of items were left behind. */
  readonly page: number;
  /** How often the list was begun again. */
  readonly rounds: number;
  readonly item: OfferedItem | undefined;
};

/** So many are announced at once; a key leads to the next ones. */
const places = [1, 2, 3, 4] as const;
/** So often the list begins again; then the key only skips, as in every other menu. */
const roundsAllowed = 3;

type ChooseItem = {
  /** The id of the service whose provider says what is on sale. */
  readonly service: string;
  /** Said before the choices. */
  readonly lead?: Said<unknown>;
  /** What an item is called in the menu, by its id. */
  readonly labels: Readonly<Record<string, Said<unknown>>>;
};

/**
 * Makes the chart that asks which of the things that a service's provider has on sale it shall be. An item is
 * offered when its label names the prompt that stands for its id: nobody could say another one. Ends as `itemChosen`,
 * or as `finished` if the caller was told that there is nothing to choose now.
 */
export function chooseItem({ service, lead, labels }: ChooseItem): Chart<undefined> {
  const canSay = ({ id, label }: OfferedItem) =>
    Object.hasOwn(labels, id) && labels[id]?.names.includes(label) === true;
  const at = ({ items, page }: Context, place: number) => items[page * places.length + place - 1];
  const isLastPage = ({ items, page }: Context) => (page + 1) * places.length >= items.length;
  const choice = (place: number): Choice<Context> => ({
    key: String(place),
    label: saysOneOf(labels, (context: Context) => known(at(context, place), 'the item').id),
    guard: (context) => at(context, place) !== undefined,
    keep: (context) => ({ item: at(context, place) }),
    target: 'chosen',
  });
  return chart<Context>({
    name: `${service}-item`,
    initial: 'listing',
    context: () => ({ items: [], page: 0, rounds: 0, item: undefined }),
    states: {
      listing: performs({
        does: ['list'],
        work: () => ({ do: 'list', service }),
        on: {
          listed: { keep: (_, { items }) => ({ items: items.filter(canSay) }), target: 'judging' },
          unavailable: 'tellUnable',
          fault: 'tellUnable',
        },
      }),
      judging: decides([
        { guard: ({ items }) => items.length === 0, target: 'tellUnable' },
        { target: 'askWhich' },
      ]),
      askWhich: menu({
        lead,
        choices: [
          ...places.map(choice),
          {
            key: '#',
            label: says('choice.more'),
            guard: (context) => context.items.length > places.length && context.rounds < roundsAllowed,
            keep: (context) =>
              isLastPage(context) ? { page: 0, rounds: context.rounds + 1 } : { page: context.page + 1 },
            target: 'askWhich',
          },
        ],
      }),
      tellUnable: tells(says('not-possible-now'), 'unable', 'notice'),
      chosen: ends(({ item }) => ({ type: 'itemChosen', item: known(item, 'the item') })),
      unable: ends({ type: 'finished' }),
      left: leftEnd(),
    },
  });
}
