/** Payment sessions and their events as the API shows them. */
import { z } from 'zod';
import type { PaymentSession, SessionEvent, SessionResult } from '../session/payment-sessions.js';
import { channelId, instant, iso, uuid, way } from './shapes.js';

const sessionState = z.enum(['arriving', 'with-caller', 'awaiting-agent', 'paying', 'joined', 'over']).meta({
  id: 'SessionState',
  description:
    '`arriving`: the lines are on their way. `with-caller`: the caller is in the menus. `awaiting-agent`: nothing is ' +
    'asked of the caller until the agent says what. `joined`: caller and agent talk with each other.',
});

const sessionResult = z
  .object({
    outcome: z.enum([
      'paid',
      'declined',
      'returning',
      'unresolved',
      'unavailable',
      'not-paid',
      'caller-gone',
      'interrupted',
    ]),
    amountMinor: z.int().nullable(),
    currency: z.string().nullable(),
    reference: z.string().nullable().meta({ description: 'The digits that the caller hears.' }),
    reason: z.string().nullable().meta({ description: 'Why it was declined.' }),
  })
  .meta({ id: 'SessionResult' });

export const sessionShape = z
  .object({
    sessionId: uuid.meta({ description: 'A call that is sent to pay again has another session.' }),
    channelId,
    way,
    agent: z.string().nullable(),
    orderId: uuid.nullable(),
    state: sessionState,
    kept: z
      .object({
        cardLastFour: z.string().nullable(),
        pin: z.boolean().meta({ description: 'A PIN is kept for `complete`.' }),
      })
      .meta({ description: 'Assisted: what the caller has keyed so far.' }),
    result: sessionResult.nullable(),
  })
  .meta({ id: 'PaymentSession' });

export const sessionEventShape = z
  .discriminatedUnion('type', [
    z.object({ seq: z.int(), at: instant, type: z.literal('state'), state: sessionState }),
    z.object({
      seq: z.int(),
      at: instant,
      type: z.literal('keys'),
      field: z.string(),
      keyed: z.int().meta({ description: 'How many keys were pressed for this field; never which.' }),
    }),
    z.object({ seq: z.int(), at: instant, type: z.literal('progress'), progress: z.string() }),
    z.object({ seq: z.int(), at: instant, type: z.literal('result'), result: sessionResult }),
  ])
  .meta({ id: 'SessionEvent' });

export function sessionAnswer(session: PaymentSession): z.input<typeof sessionShape> {
  const { kept, result } = session;
  return {
    sessionId: session.id,
    channelId: session.channelId,
    way: session.way,
    agent: session.agent ?? null,
    orderId: session.orderId ?? null,
    state: session.state,
    kept: { cardLastFour: lastFour(kept.card), pin: kept.pin },
    result: result === undefined ? null : resultAnswer(result),
  };
}

export function eventAnswer(event: SessionEvent): z.input<typeof sessionEventShape> {
  const at = iso(event.at);
  return event.type === 'result' ? { ...event, at, result: resultAnswer(event.result) } : { ...event, at };
}

function resultAnswer(result: SessionResult): z.input<typeof sessionResult> {
  return {
    outcome: result.outcome,
    amountMinor: result.amountMinor ?? null,
    currency: result.currency ?? null,
    reference: result.reference ?? null,
    reason: result.reason ?? null,
  };
}

/** However a card is written, no more than its last four digits leave. */
function lastFour(card: string | undefined): string | null {
  return card === undefined ? null : card.replaceAll(/\D/g, '').slice(-4);
}
