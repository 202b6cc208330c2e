import type { Conversations, KeptConversation } from '../conversation/conversations.js';
import type { Frame } from '../dialogue/chart.js';
import { serviceAt } from '../dialogue/charts/conversation.js';
import type { Frames } from '../dialogue/frames.js';
import type { Utterance } from '../dialogue/line.js';
import { says } from '../dialogue/prompt.js';
import type { Unfinished } from '../dialogue/unfinished.js';
import type { Work } from '../dialogue/work.js';
import type { Log } from '../log.js';
import { type Money, money } from '../money.js';
import { type Catalogue, type Sale, saleNamed } from '../services/service.js';

/** The chart of which card, and all behind it: a call that goes on begins it anew, and so confirms what it pays. */
const payingChart = 'pay-by-card';

/** Follows where one conversation stands, and whether it may be gone on with in another call. */
export class ConversationPlace {
  #frames: Frames | undefined;
  #hasPaid = false;

  /** It stands before this question or this line. */
  standsAt(frames: Frames): void {
    this.#frames = frames;
  }

  /** This work is about to be done. */
  performs({ do: work }: Work): void {
    this.#hasPaid ||= work === 'pay' || work === 'pay-kept';
  }

  /**
   * Returns what another call may go on with: something that is paid, before a payment has begun. No card is in it.
   */
  unfinished({ services }: Pick<Catalogue, 'services'>): Frames | undefined {
    const [outermost, ...inner] = this.#frames?.stack ?? [];
    const service = outermost && serviceAt(outermost);
    const isSold = services.some(({ id, sale }) => id === service && sale !== undefined);
    if (this.#frames === undefined || outermost === undefined || this.#hasPaid || !isSold) {
      return undefined;
    }
    const paying = inner.findIndex(({ chart }) => chart === payingChart);
    const kept = paying < 0 ? inner : inner.slice(0, paying + 1);
    // What this call itself has gone on with is in its inner frames by now.
    const withoutPast = { ...outermost, context: { ...outermost.context, unfinished: undefined } };
    return withoutCards({ version: this.#frames.version, stack: [withoutPast, ...kept] });
  }
}

type Finding = {
  readonly conversations: Pick<Conversations, 'findBroken'>;
  readonly catalogue: Catalogue;
  readonly log: Log;
};

/**
 * Returns what the last call from this number left unfinished; undefined when there is nothing, or it cannot be gone
 * on with here. Never rejects: a caller is served without it.
 */
export async function findUnfinished(
  { conversations, catalogue, log }: Finding,
  callerNumber: string | undefined,
): Promise<Unfinished | undefined> {
  if (callerNumber === undefined) {
    return undefined;
  }
  try {
    const found = await conversations.findBroken(callerNumber);
    return found && offerOf(catalogue, found, callerNumber);
  } catch (error) {
    log.error({ err: error }, 'what a call left unfinished cannot be gone on with');
    return undefined;
  }
}

function offerOf(
  catalogue: Catalogue,
  { id, frames }: KeptConversation,
  callerPhone: string,
): Unfinished | undefined {
  const [outermost, ...inner] = frames.stack;
  const service = outermost && serviceAt(outermost);
  if (outermost === undefined || service === undefined) {
    return undefined;
  }
  const sale = saleNamed(catalogue, service);
  const stack = inner.filter(({ chart }) => chart !== payingChart);
  // Its charts may be gone, or have lost the place.
  if (catalogue.charts.dialogues.resume({ ...frames, stack: [outermost, ...stack] }) === undefined) {
    return undefined;
  }
  return { id, service, stack, label: labelOf(sale, service, inner, callerPhone) };
}

/** The service's own words for what is paid, where that is known. */
function labelOf(
  sale: Sale,
  service: string,
  inner: readonly Frame[],
  callerPhone: string,
): readonly Utterance[] {
  const paying = inner.find(({ chart }) => chart === payingChart);
  const purchase: unknown = paying === undefined ? undefined : Reflect.get(paying.context, 'purchase');
  if (!isPurchase(purchase) || purchase.service !== service) {
    return inAnyCase;
  }
  const amount = money(purchase.amount.amountMinor, purchase.amount.currency);
  return sale.purchase({ details: purchase.details, amount, callerPhone }).words.goOn ?? inAnyCase;
}

const inAnyCase = says('choice.go-on').of(undefined);

type KeptPurchase = { readonly service: string; readonly details: unknown; readonly amount: Money };

function isPurchase(value: unknown): value is KeptPurchase {
  const { service, amount } = (value ?? {}) as Partial<KeptPurchase>;
  return typeof service === 'string' && typeof amount?.amountMinor === 'number';
}

/** Which card is asked again: who calls from a number need not be whose card it was. */
function withoutCards(frames: Frames): Frames {
  return JSON.parse(
    JSON.stringify(frames, (_, value: unknown) => (isCard(value) ? undefined : value)),
  ) as Frames;
}

function isCard(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'cardId' in value;
}
