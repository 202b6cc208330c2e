import { z } from 'zod';
import { type AmountFault, type AmountRule, amountFault } from '../amount-rule.js';
import { maskPhone } from '../log.js';
import { money } from '../money.js';
import { longestOrderText, type Order } from '../payment/orders/order.js';
import { catalogue } from '../services/catalogue.js';
import { type DetailsFault, saleNamed } from '../services/service.js';
import { namesCard } from '../wallet/card-in-text.js';
import type { Api } from './api.js';
import type { ApiUser } from './api-tokens.js';
import { noCardNumber, printableText } from './printable-text.js';
import type { Problem } from './problem.js';
import { type Answer, type Asked, type Route, recordRead, route } from './route.js';
import { currency, instant, iso, service, uuid } from './shapes.js';

/** True when a card's number is in two texts of which neither holds one. */
function isSplitCard({
  reference = '',
  note = '',
}: Partial<Record<'reference' | 'note', string | undefined>>): boolean {
  return ![reference, note].some(namesCard) && namesCard(`${reference} ${note}`);
}

const newOrder = z
  .strictObject({
    service,
    target: z
      .string()
      .regex(/^\d{11}$/, 'must be the 11 digits of a phone number')
      .optional()
      .meta({
        description:
          'The phone that is recharged, or whose bill is paid: 11 digits. Short for details of the one field `phone`.',
      }),
    details: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'What the service must know of the thing: one of target and details is needed.' }),
    amountMinor: z.int().min(1).meta({
      description: 'Whole fen, up to WALLETLINE_LIMIT_PER_PAYMENT_MINOR.',
    }),
    currency: currency.optional(),
    reference: printableText(longestOrderText.reference)
      .optional()
      .meta({ description: 'Your own reference.' }),
    note: printableText(longestOrderText.note).optional(),
  })
  .refine(({ target, details }) => (target === undefined) !== (details === undefined), {
    path: ['target'],
    message: 'one of target and details is needed, and not both',
  })
  .refine((texts) => !isSplitCard(texts), { path: ['note'], message: noCardNumber })
  .meta({ id: 'NewOrder' });

const order = z
  .object({
    id: uuid,
    code: z.string().meta({ description: 'Six digits that an agent dials behind the service number.' }),
    service,
    target: z
      .string()
      .meta({ description: 'Whom or what it is for; a phone number is masked for auditors.' }),
    details: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: 'What the service knows of the thing; null for auditors.' }),
    amountMinor: z.int(),
    currency,
    reference: z.string().nullable(),
    note: z.string().nullable(),
    createdBy: z.string(),
    state: z.enum(['open', 'paying', 'paid', 'cancelled', 'expired']),
    paymentId: uuid.nullable().meta({ description: 'The payment that pays it, or that tried to last.' }),
    createdAt: instant,
    expiresAt: instant,
  })
  .meta({ id: 'Order' });

const id = uuid;
const everybodysOwn = { agent: 'own', operator: 'all', auditor: 'none' } as const;

/** Preparing, reading and cancelling orders. */
export const orderRoutes: readonly Route[] = [
  route<unknown, z.output<typeof newOrder>>({
    method: 'post',
    path: '/orders',
    operationId: 'prepareOrder',
    summary: 'Prepare what a caller is to pay',
    details:
      'The header Idempotency-Key names this order among yours: the same key and the same order again return ' +
      'the order that is there (200), the same key and another order are refused (422).',
    reach: everybodysOwn,
    idempotent: true,
    body: newOrder,
    answers: {
      201: { description: 'It was prepared.', schema: order, headers: ['Location'] },
      200: {
        description: 'It had been prepared with this key before.',
        schema: order,
        headers: ['Location'],
      },
    },
    problems: ['idempotency-key-missing', 'idempotency-key-reused', 'read-not-recorded'],
    handle: prepareOrder,
  }),
  route({
    method: 'get',
    path: '/orders/:id',
    operationId: 'readOrder',
    summary: 'Read an order',
    reach: { ...everybodysOwn, auditor: 'all' },
    id,
    answers: { 200: { description: 'The order.', schema: order } },
    problems: ['read-not-recorded'],
    handle: readOrder,
  }),
  route({
    method: 'post',
    path: '/orders/:id/cancel',
    operationId: 'cancelOrder',
    summary: 'Cancel an open order',
    details: 'An order that is cancelled already is answered as it is; one that is paid or being paid stays.',
    reach: everybodysOwn,
    id,
    answers: { 200: { description: 'It is cancelled.', schema: order } },
    problems: ['order-not-open', 'read-not-recorded'],
    handle: cancelOrder,
  }),
];

async function prepareOrder(
  api: Api,
  { user, body, idempotencyKey }: Asked<unknown, z.output<typeof newOrder>>,
): Promise<Answer> {
  const { orderLifetimeMs, limitPerPaymentMinor } = api.settings;
  if (body.amountMinor > limitPerPaymentMinor) {
    return {
      problem: 'invalid-body',
      errors: [{ pointer: '#/amountMinor', detail: `must be at most ${limitPerPaymentMinor}` }],
    };
  }
  const sale = saleNamed(catalogue, body.service);
  const read = sale.read(body.details ?? { phone: body.target });
  if (read.outcome === 'invalid') {
    return { problem: 'invalid-body', errors: read.faults.map((fault) => detailsError(fault, body)) };
  }
  const fault = amountFault(sale.amount, body.amountMinor);
  if (fault !== undefined) {
    return {
      problem: 'invalid-body',
      errors: [{ pointer: '#/amountMinor', detail: amountDetail(fault, sale.amount) }],
    };
  }
  const prepared = await api.orders.prepare({
    service: body.service,
    target: read.subject,
    details: read.details,
    amount: money(body.amountMinor, body.currency),
    reference: body.reference,
    note: body.note,
    createdBy: user.name,
    idempotencyKey,
    expiresAt: new Date(api.clock.now().getTime() + orderLifetimeMs),
  });
  if (prepared.outcome === 'other-order') {
    return { problem: 'idempotency-key-reused' };
  }
  const isNew = prepared.outcome === 'prepared';
  // Whoever sends it again may learn by it what became of it: that is a read.
  const refused = isNew
    ? undefined
    : await recordRead(api, { user, what: 'order', subjectId: prepared.order.id });
  return (
    refused ?? {
      status: isNew ? 201 : 200,
      body: orderAnswer(prepared.order, user),
      headers: { Location: `/orders/${prepared.order.id}` },
    }
  );
}

/** Returns what the service says that its details are: nothing else that may be stored leaves. */
function detailsOf({ service: id, details }: Order): z.input<typeof order>['details'] {
  const read = catalogue.services.find((each) => each.id === id)?.sale?.read(details);
  return read?.outcome === 'read' ? { ...read.details } : null;
}

/** A fault in details that were given as a target is the target's. */
function detailsError({ path, message }: DetailsFault, { details }: { readonly details?: unknown }) {
  return {
    pointer: details === undefined ? '#/target' : ['#/details', ...path.map(String)].join('/'),
    detail: message,
  };
}

function amountDetail(fault: AmountFault, { leastMinor, greatestMinor, stepMinor }: AmountRule): string {
  switch (fault) {
    case 'too-small':
      return `must be at least ${leastMinor}`;
    case 'too-large':
      return `must be at most ${greatestMinor}`;
    case 'not-a-step':
      return `must be a multiple of ${stepMinor}`;
  }
}

async function readOrder(api: Api, asked: Asked<unknown, unknown>): Promise<Answer> {
  const found = await orderToRead(api, asked);
  return 'problem' in found ? found : { status: 200, body: orderAnswer(found, asked.user) };
}

async function cancelOrder(api: Api, asked: Asked<unknown, unknown>): Promise<Answer> {
  const found = await orderToRead(api, asked);
  if ('problem' in found) {
    return found;
  }
  const now = (await api.orders.cancel(found.id)) ?? found;
  return now.state === 'cancelled'
    ? { status: 200, body: orderAnswer(now, asked.user) }
    : { problem: 'order-not-open', detail: `The order is ${now.state}.` };
}

/** Returns the order when this user may read it and the read is written down. */
async function orderToRead(
  api: Api,
  { user, own, id: orderId }: Asked<unknown, unknown>,
): Promise<Order | Problem> {
  const found = await api.orders.find(orderId);
  if (found === undefined || (own !== undefined && found.createdBy !== own)) {
    return { problem: 'not-found' };
  }
  return (await recordRead(api, { user, what: 'order', subjectId: found.id })) ?? found;
}

function orderAnswer(of: Order, { role }: ApiUser): z.input<typeof order> {
  return {
    id: of.id,
    code: of.code,
    service: of.service,
    target: role === 'auditor' ? maskPhone(of.target) : of.target,
    details: role === 'auditor' ? null : detailsOf(of),
    amountMinor: of.amount.amountMinor,
    currency: of.amount.currency,
    reference: of.reference ?? null,
    note: of.note ?? null,
    createdBy: of.createdBy,
    state: of.state,
    paymentId: of.paymentId ?? null,
    createdAt: iso(of.createdAt),
    expiresAt: iso(of.expiresAt),
  };
}
