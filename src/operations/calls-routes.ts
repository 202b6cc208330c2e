import { z } from 'zod';
import type { AgentConversation } from '../call/call-centre.js';
import type { RecordedCall } from '../call-log/call-records.js';
import { maskPhone } from '../log.js';
import type { PaymentSession } from '../session/payment-sessions.js';
import type { Api } from './api.js';
import type { ApiUser } from './api-tokens.js';
import { boundsOf, dayOf, readCursor, writeCursor } from './calls-cursor.js';
import { type Answer, type Asked, type Route, recordRead, route } from './route.js';
import { sessionAnswer, sessionShape } from './session-shapes.js';
import { channelId, instant, iso, phone, uuid, way } from './shapes.js';

const liveCall = z
  .object({
    channelId,
    agent: z.string().nullable(),
    callerNumber: phone,
    talking: z.boolean().meta({ description: 'The caller talks with the agent at the call centre.' }),
    since: instant.nullable().meta({ description: 'Since when they talk.' }),
    language: z.string().nullable(),
    position: z
      .string()
      .nullable()
      .meta({ description: 'Where in the menus the caller was last, e.g. when they keyed 0.' }),
    session: sessionShape.nullable(),
  })
  .meta({ id: 'LiveCall' });

const recordedCall = z
  .object({
    id: uuid,
    channelId,
    callerNumber: phone,
    serviceNumber: z.string(),
    entry: z.enum(['direct', 'transfer']),
    agent: z.string().nullable().meta({ description: 'The agent who sent the caller, last.' }),
    orderId: uuid.nullable(),
    transferWay: way.nullable(),
    language: z.string().nullable(),
    position: z.string().nullable(),
    startedAt: instant,
    answeredAt: instant.nullable(),
    endedAt: instant.nullable(),
    outcome: z.string().nullable(),
  })
  .meta({ id: 'RecordedCall' });

const calls = z
  .object({
    callCentre: z
      .enum(['available', 'unavailable', 'off'])
      .meta({ description: 'Whether callers can be moved by the API, and who talks with whom is known.' }),
    live: z.array(liveCall),
    day: z.iso.date(),
    recorded: z.array(recordedCall).meta({ description: 'Calls that began on that day, latest first.' }),
    next: z.string().nullable().meta({ description: 'Give it as `after` for the calls before these.' }),
  })
  .meta({ id: 'Calls' });

const call = z.object({ live: liveCall.nullable(), recorded: recordedCall.nullable() }).meta({ id: 'Call' });

const callsQuery = z.strictObject({
  day: z.iso.date().optional().meta({ description: 'The business day; today when it is left out.' }),
  limit: z
    .preprocess((text) => (/^\d{1,3}$/.test(String(text)) ? Number(text) : text), z.int().min(1).max(200))
    .default(50),
  after: z.string().max(100).optional().meta({ description: 'Where the page before ended: its `next`.' }),
});

/** Watching calls: those that go on, and those that were written down. */
export const callRoutes: readonly Route[] = [
  route<z.output<typeof callsQuery>>({
    method: 'get',
    path: '/calls',
    operationId: 'listCalls',
    summary: 'List the calls that go on, and the recorded calls of a day',
    reach: { agent: 'own', operator: 'all', auditor: 'all' },
    query: callsQuery,
    answers: { 200: { description: 'The calls.', schema: calls } },
    problems: ['read-not-recorded'],
    handle: listCalls,
  }),
  route({
    method: 'get',
    path: '/calls/:id',
    operationId: 'readCall',
    summary: 'Read one call',
    reach: { agent: 'own', operator: 'all', auditor: 'all' },
    id: channelId,
    answers: { 200: { description: 'The call.', schema: call } },
    problems: ['read-not-recorded'],
    handle: readCall,
  }),
];

async function listCalls(
  api: Api,
  { user, own, query }: Asked<z.output<typeof callsQuery>, unknown>,
): Promise<Answer> {
  const { utcOffsetMinutes } = api.settings;
  const after = query.after === undefined ? undefined : readCursor(query.after);
  if (query.after !== undefined && after === undefined) {
    return {
      problem: 'bad-request',
      errors: [{ parameter: 'after', detail: 'is not a `next` of this list' }],
    };
  }
  const day = query.day ?? dayOf(api.clock.now(), utcOffsetMinutes);
  const refused = await recordRead(api, { user, what: 'calls', subjectId: day });
  if (refused !== undefined) {
    return refused;
  }
  const going = liveCalls(api).filter(({ agent }) => own === undefined || agent === own);
  const known = await api.callRecords.byChannels(going.map((each) => each.channelId));
  const recorded = await api.callRecords.page({
    ...boundsOf(day, utcOffsetMinutes),
    agent: own,
    after,
    limit: query.limit,
  });
  const last = recorded.length === query.limit ? recorded.at(-1) : undefined;
  const body: z.input<typeof calls> = {
    callCentre: callCentreState(api),
    live: going.map((each) => liveAnswer(each, recordOf(known, each.channelId), user)),
    day,
    recorded: recorded.map((each) => recordedAnswer(each, user)),
    next: last === undefined ? null : writeCursor(last),
  };
  return { status: 200, body };
}

async function readCall(api: Api, { user, own, id }: Asked<unknown, unknown>): Promise<Answer> {
  const live = liveCalls(api).find((each) => each.channelId === id);
  const [recorded] = await api.callRecords.byChannels([id]);
  const newest = live ?? recorded;
  // Whose call it is now counts, not whose it was.
  if (newest === undefined || (own !== undefined && newest.agent !== own)) {
    return { problem: 'not-found' };
  }
  const body: z.input<typeof call> = {
    live: live === undefined ? null : liveAnswer(live, recorded, user),
    recorded: recorded === undefined ? null : recordedAnswer(recorded, user),
  };
  return (await recordRead(api, { user, what: 'call', subjectId: id })) ?? { status: 200, body };
}

type LiveCall = {
  readonly channelId: string;
  readonly agent: string | undefined;
  readonly conversation: AgentConversation | undefined;
  readonly session: PaymentSession | undefined;
};

/** Calls in a payment session or with an agent; a call that is in both counts as its session's agent's. */
function liveCalls({ sessions, callCentre }: Pick<Api, 'sessions' | 'callCentre'>): readonly LiveCall[] {
  const conversations = new Map(
    (callCentre?.conversations() ?? []).map((conversation) => [conversation.channelId, conversation]),
  );
  const inSession = new Map(
    sessions
      .all()
      .filter(({ state }) => state !== 'over')
      .map((session) => [session.channelId, session]),
  );
  return [...new Set([...inSession.keys(), ...conversations.keys()])].map((channel) => {
    const session = inSession.get(channel);
    const conversation = conversations.get(channel);
    return { channelId: channel, agent: session?.agent ?? conversation?.agent, conversation, session };
  });
}

function recordOf(known: readonly RecordedCall[], channel: string): RecordedCall | undefined {
  return known.find((record) => record.channelId === channel);
}

function callCentreState({ callCentre }: Pick<Api, 'callCentre'>): z.input<typeof calls>['callCentre'] {
  if (callCentre === undefined) {
    return 'off';
  }
  return callCentre.available ? 'available' : 'unavailable';
}

function liveAnswer(
  { channelId: channel, agent, conversation, session }: LiveCall,
  record: RecordedCall | undefined,
  user: ApiUser,
): z.input<typeof liveCall> {
  return {
    channelId: channel,
    agent: agent ?? null,
    callerNumber: numberFor(user, conversation?.callerNumber ?? record?.callerNumber),
    talking: conversation !== undefined || session?.state === 'joined',
    since: conversation === undefined ? null : iso(conversation.since),
    language: record?.language ?? null,
    position: record?.position ?? null,
    session: session === undefined ? null : sessionAnswer(session),
  };
}

function recordedAnswer(record: RecordedCall, user: ApiUser): z.input<typeof recordedCall> {
  const { id, channelId: channel, serviceNumber, entry, startedAt, answeredAt, endedAt } = record;
  return {
    ...{ id, channelId: channel, serviceNumber, entry },
    callerNumber: numberFor(user, record.callerNumber),
    agent: record.agent ?? null,
    orderId: record.orderId ?? null,
    transferWay: record.transferWay ?? null,
    language: record.language ?? null,
    position: record.position ?? null,
    startedAt: iso(startedAt),
    answeredAt: answeredAt === undefined ? null : iso(answeredAt),
    endedAt: endedAt === undefined ? null : iso(endedAt),
    outcome: record.outcome ?? null,
  };
}

/** Whoever serves the caller needs the number; whoever checks the books does not. */
function numberFor({ role }: ApiUser, number: string | undefined): string | null {
  if (number === undefined) {
    return null;
  }
  return role === 'auditor' ? maskPhone(number) : number;
}
