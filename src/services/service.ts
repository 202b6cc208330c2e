/**
 * What a service is. A service is a folder: its definition here, its dialogue, its prompts; catalogue.ts lists
 * them, and nothing else knows one by name.
 */
import type { z } from 'zod';
import { type AmountRule, ruleFaults } from '../amount-rule.js';
import type { Chart } from '../dialogue/chart.js';
import type { ServiceInput } from '../dialogue/charts/conversation.js';
import type { ConversationCharts } from '../dialogue/conversation-charts.js';
import { menuPlan } from '../dialogue/menu-plan.js';
import type { Details, Purchase, PurchaseWords } from '../dialogue/purchase.js';
import { type PromptPart, promptsInUse, type Said } from '../dialogue/said.js';
import type { Money } from '../money.js';

/** One payment, as a service puts it into words. */
export type Paid<D> = {
  readonly details: D;
  readonly amount: Money;
  /** The phone that calls, which is spoken as "this phone"; undefined: withheld. */
  readonly callerPhone: string | undefined;
};

/** What a service sells, and how it is paid for. */
type SaleDefinition<D> = {
  /** The id of the service. */
  readonly service: string;
  readonly details: z.ZodType<D>;
  /** What may stand in payments and orders of before, where `details` has become stricter; else as `details`. */
  readonly kept?: z.ZodType<D> | undefined;
  /** Whom or what it is for: kept with the payment and searched by. */
  readonly subject: (details: D) => string;
  readonly amount: AmountRule;
  /** The id of the provider that delivers it. */
  readonly provider: string;
  /** True: a quote tells something of somebody, such as what they owe; each is recorded. */
  readonly discloses?: boolean | undefined;
  /** False: the provider is not told whose phone pays. Everybody's is told where this is left out. */
  readonly tellsPayer?: ((details: D) => boolean) | undefined;
  readonly words: (paid: Paid<D>) => PurchaseWords;
};

/** What is wrong with details: the path of the field, and why. */
export type DetailsFault = { readonly path: readonly (string | number)[]; readonly message: string };
type ReadDetails =
  | { readonly outcome: 'read'; readonly details: Details; readonly subject: string }
  | { readonly outcome: 'invalid'; readonly faults: readonly DetailsFault[] };

/** A service: what its folder tells everybody else. */
export type Service = {
  readonly id: string;
  /** The digits that lead to it from the main menu, in every channel. */
  readonly path: string;
  /** What it is called in its menu. */
  readonly label: Said<unknown>;
  readonly prompts: PromptPart;
  readonly chart: Chart<ServiceInput>;
  /** Undefined: nothing is paid. */
  readonly sale?: Sale | undefined;
};

/** Defines a service. */
export function defineService(service: Service): Service {
  return service;
}

type ToPurchase = Omit<Paid<unknown>, 'details'> & {
  readonly details: unknown;
  readonly orderId?: string | undefined;
};

/** What a service sells, as everybody but itself knows it: its details are JSON that it checks itself. */
export type Sale = {
  readonly schema: z.ZodType;
  readonly amount: AmountRule;
  readonly provider: string;
  readonly discloses: boolean;
  /** Checks details that come from outside: a request, an order, a row. */
  readonly read: (details: unknown) => ReadDetails;
  /** Whether the provider is told whose phone pays. @throws Error when the details are not this service's. */
  readonly tellsPayer: (details: unknown) => boolean;
  /** @throws Error when the details are not this service's. */
  readonly purchase: (of: ToPurchase) => Purchase;
};

/** Makes what a service sells of its definition, which alone knows the type of the details. */
export function defineSale<D extends Details>(sale: SaleDefinition<D>): Sale {
  const { service, details: schema, kept = schema, amount: rule, provider, discloses = false } = sale;
  return {
    ...{ schema, amount: rule, provider, discloses },
    tellsPayer: (details) => sale.tellsPayer?.(schema.parse(details)) ?? true,
    read: (details) => {
      const result = schema.safeParse(details);
      return result.success
        ? { outcome: 'read', details: result.data, subject: sale.subject(result.data) }
        : {
            outcome: 'invalid',
            faults: result.error.issues.map(({ path, message }) => ({
              path: path.map((key) => (typeof key === 'number' ? key : String(key))),
              message,
            })),
          };
    },
    purchase: ({ details, amount, callerPhone, orderId }) => {
      const known = kept.parse(details);
      const words = sale.words({ details: known, amount, callerPhone });
      return { service, details: known, amount, words, orderId };
    },
  };
}

/** Everything that is served, and the charts over it. */
export type Catalogue = {
  readonly services: readonly Service[];
  readonly charts: ConversationCharts;
};

/**
 * Returns what the service sells.
 * @throws Error when no service that sells has this id: a row or an order of another version.
 */
export function saleNamed({ services }: Pick<Catalogue, 'services'>, id: string): Sale {
  const sale = services.find((service) => service.id === id)?.sale;
  if (sale === undefined) {
    throw new Error(`no service ${id} is sold here`);
  }
  return sale;
}

/** Returns what is wrong with a list of services, a sentence each; the start fails on any. */
export function catalogueFaults(
  services: readonly Service[],
  providers: readonly string[],
): readonly string[] {
  const taken = (pick: (service: Service) => string, what: string) =>
    services.flatMap((service, index) => {
      const other = services.slice(0, index).find((each) => pick(each) === pick(service));
      return other === undefined ? [] : [`${service.id}: ${what} ${pick(service)} is taken by ${other.id}`];
    });
  return [
    ...taken(({ id }) => id, 'the id'),
    ...taken(({ path }) => path, 'the menu place'),
    ...services.flatMap((service) =>
      ownFaults(service, services, providers).map((fault) => `${service.id}: ${fault}`),
    ),
  ];
}

function ownFaults(
  { id, path, sale, prompts }: Service,
  services: readonly Service[],
  providers: readonly string[],
): readonly string[] {
  const through = services.find((other) => other.path !== path && path.startsWith(other.path));
  return [
    ...(/^[a-z][a-z0-9-]{0,15}$/.test(id)
      ? []
      : ['an id is made of up to 16 small letters, digits and dashes']),
    ...(/^[1-9]{1,4}$/.test(path)
      ? []
      : [`a menu place is one to four digits from 1 to 9, and ${path} is not`]),
    ...(through === undefined ? [] : [`the menu place ${path} lies behind ${through.id}, which is no menu`]),
    ...unnamedMenus(path),
    ...(sale === undefined ? [] : ruleFaults(sale.amount)),
    ...(sale === undefined || providers.includes(sale.provider)
      ? []
      : [`the provider ${sale.provider} is not configured`]),
    ...(promptsInUse([prompts]).every(({ name }) => name.startsWith(`${id}.`))
      ? []
      : [`its prompts must be called ${id}.…`]),
  ];
}

/** A service lies in menus that must have a name. */
function unnamedMenus(path: string): readonly string[] {
  return Array.from({ length: path.length - 1 }, (_, index) => path.slice(0, index + 1))
    .filter((digits) => menuPlan[digits] === undefined)
    .map((digits) => `the menu ${digits} that it lies in has no name in the plan of menus`);
}
