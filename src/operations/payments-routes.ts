import { z } from 'zod';
import { paymentStates } from '../payment/payment.js';
import { paymentView } from '../payment/payment-view.js';
import type { Api } from './api.js';
import { type Answer, type Asked, type Route, recordRead, route } from './route.js';
import { currency, instant, iso, service, uuid } from './shapes.js';

const payment = z
  .object({
    id: uuid,
    callId: uuid.meta({ description: 'The record of the call that it was made in.' }),
    orderId: uuid.nullable(),
    service,
    target: z.string().meta({ description: 'The phone that was paid for, its middle hidden.' }),
    amountMinor: z.int(),
    currency,
    state: z.enum(paymentStates),
    told: z
      .enum(['paid', 'not-paid', 'returned', 'being-returned', 'not-known-yet'])
      .meta({ description: 'What the caller is truthfully told of it as it stands.' }),
    heard: z.boolean().meta({ description: 'It is over, and the caller has heard how it ended.' }),
    declineReason: z.string().nullable(),
    reference: z.string().meta({ description: 'The digits that the caller hears and can quote.' }),
    createdAt: instant,
    updatedAt: instant,
    transitions: z.array(z.object({ from: z.string(), to: z.string(), at: instant })),
  })
  .meta({ id: 'Payment' });

/** Reading payments. */
export const paymentRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/payments/:id',
    operationId: 'readPayment',
    summary: 'Read a payment and its history',
    reach: { agent: 'none', operator: 'all', auditor: 'all' },
    id: uuid,
    answers: { 200: { description: 'The payment.', schema: payment } },
    problems: ['read-not-recorded'],
    handle: readPayment,
  }),
];

async function readPayment(api: Api, { user, id }: Asked<unknown, unknown>): Promise<Answer> {
  const page = await api.payments.page(id);
  if (page === undefined) {
    return { problem: 'not-found' };
  }
  const { amount, isHeard, transitions, createdAt, updatedAt, ...view } = paymentView(page);
  const body: z.input<typeof payment> = {
    ...view,
    ...amount,
    heard: isHeard,
    orderId: view.orderId ?? null,
    declineReason: view.declineReason ?? null,
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt),
    transitions: transitions.map(({ from, to, at }) => ({ from, to, at: iso(at) })),
  };
  return (await recordRead(api, { user, what: 'payment', subjectId: view.id })) ?? { status: 200, body };
}
