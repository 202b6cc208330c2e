import { z } from 'zod';
import type { SessionRefusal, SessionReply } from '../session/payment-sessions.js';
import type { Api } from './api.js';
import type { Problem } from './problem.js';
import { type Answer, type Asked, type Route, recordRead, route } from './route.js';
import { sessionAnswer, sessionShape } from './session-shapes.js';
import { channelId, uuid } from './shapes.js';

const beginBody = z
  .discriminatedUnion('way', [
    z.strictObject({ way: z.enum(['blind', 'detour']), orderId: uuid.optional() }),
    z.strictObject({ way: z.literal('assisted'), orderId: uuid }),
  ])
  .meta({ id: 'BeginPaymentSession', description: 'An assisted session needs an order.' });

const captureBody = z
  .strictObject({ field: z.enum(['card-number', 'card-pin']) })
  .meta({ id: 'Capture', description: 'What the caller is asked to key, again if it was keyed before.' });

const path = '/calls/:id/payment-session';
const steered = { agent: 'own', operator: 'none', auditor: 'none' } as const;
const watched = { agent: 'own', operator: 'all', auditor: 'none' } as const;
const refusals = ['not-now'] as const;

/** Sending a caller to pay, and steering an assisted payment. */
export const paymentSessionRoutes: readonly Route[] = [
  route<unknown, z.output<typeof beginBody>>({
    method: 'post',
    path,
    operationId: 'beginPaymentSession',
    summary: 'Send a caller who talks with an agent to pay',
    reach: watched,
    id: channelId,
    body: beginBody,
    answers: { 201: { description: 'The caller is on their way.', schema: sessionShape } },
    problems: [...refusals, 'order-not-open', 'call-centre-unavailable'],
    handle: beginSession,
  }),
  route({
    method: 'get',
    path,
    operationId: 'readPaymentSession',
    summary: 'Read how far the payment of a call is',
    reach: watched,
    id: channelId,
    answers: { 200: { description: 'The session.', schema: sessionShape } },
    problems: ['read-not-recorded'],
    handle: readSession,
  }),
  route<unknown, z.output<typeof captureBody>>({
    method: 'post',
    path: `${path}/capture`,
    operationId: 'captureField',
    summary: 'Assisted: have the caller key their card number or PIN',
    reach: steered,
    id: channelId,
    body: captureBody,
    answers: {
      202: { description: 'The caller is asked; what comes of it is told as events.', schema: sessionShape },
    },
    problems: refusals,
    handle: async ({ sessions }, { id, own, body: { field } }) =>
      replied(sessions.capture(id, own, field), 202),
  }),
  route({
    method: 'post',
    path: `${path}/complete`,
    operationId: 'completePayment',
    summary: 'Assisted: pay with what was captured',
    reach: steered,
    id: channelId,
    answers: {
      202: { description: 'It is being paid; the result is told as an event.', schema: sessionShape },
    },
    problems: refusals,
    handle: async ({ sessions }, { id, own }) => replied(sessions.complete(id, own), 202),
  }),
  route({
    method: 'post',
    path: `${path}/cancel`,
    operationId: 'cancelPaymentSession',
    summary: 'Assisted: end the session unpaid',
    details: 'Refused while money may be moving.',
    reach: watched,
    id: channelId,
    answers: { 202: { description: 'The session is being ended.', schema: sessionShape } },
    problems: refusals,
    handle: async ({ sessions }, { id, own }) => replied(sessions.cancel(id, own), 202),
  }),
];

async function beginSession(
  { sessions }: Api,
  { id, own, body }: Asked<unknown, z.output<typeof beginBody>>,
): Promise<Answer> {
  return replied(
    await sessions.begin({ channelId: id, way: body.way, orderId: body.orderId, agent: own }),
    201,
  );
}

async function readSession(api: Api, { user, own, id }: Asked<unknown, unknown>): Promise<Answer> {
  const session = api.sessions.find(id);
  if (session === undefined || (own !== undefined && session.agent !== own)) {
    return { problem: 'not-found' };
  }
  const refused = await recordRead(api, { user, what: 'session', subjectId: id });
  return refused ?? { status: 200, body: sessionAnswer(session) };
}

const problemByRefusal = {
  'no-such-call': { problem: 'not-found' },
  'not-now': { problem: 'not-now' },
  'order-not-open': { problem: 'order-not-open' },
  'call-centre-unavailable': { problem: 'call-centre-unavailable' },
} as const satisfies Readonly<Record<SessionRefusal, Problem>>;

function replied(reply: SessionReply, status: number): Answer {
  return reply.outcome === 'done'
    ? { status, body: sessionAnswer(reply.session) }
    : problemByRefusal[reply.outcome];
}
