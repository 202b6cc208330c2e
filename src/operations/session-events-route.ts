import type { Response } from 'express';
import type { EventId, SessionEvent } from '../session/payment-sessions.js';
import type { Api } from './api.js';
import type { StreamEvent } from './event-streams.js';
import { type Answer, type Asked, type Route, recordRead, route } from './route.js';
import { eventAnswer, sessionEventShape } from './session-shapes.js';
import { channelId } from './shapes.js';

/** What Last-Event-ID looks like, as OpenAPI says it too. */
const eventIdPattern = /^([0-9a-f-]{36})\.(\d{1,9})$/;

/** Watching a payment as it goes. */
export const sessionEventsRoute: Route = route({
  method: 'get',
  path: '/calls/:id/events',
  operationId: 'watchPaymentSession',
  summary: 'Watch the payment of a call as server-sent events',
  details:
    'The `id` of each event names the session and the event’s `seq` in it; with Last-Event-ID the stream goes on after ' +
    'that one, and tells a later session of the call from its beginning. It ends with the session; 204 then tells an ' +
    'EventSource not to come back. A comment comes every 15 seconds. A reader who does not keep up is cut off, and ' +
    'every stream ends after a minute: whoever still reads comes back with Last-Event-ID and misses nothing.',
  reach: { agent: 'own', operator: 'all', auditor: 'none' },
  id: channelId,
  answers: { 204: { description: 'The session is over and there is nothing after that event.' } },
  events: sessionEventShape,
  problems: ['too-many-streams', 'read-not-recorded'],
  handle: watchSession,
});

async function watchSession(
  api: Api,
  { user, own, id, lastEventId }: Asked<unknown, unknown>,
): Promise<Answer> {
  const session = api.sessions.find(id);
  if (session === undefined || (own !== undefined && session.agent !== own)) {
    return { problem: 'not-found' };
  }
  const after = readEventId(lastEventId);
  if (lastEventId !== undefined && after === undefined) {
    return {
      problem: 'bad-request',
      errors: [{ header: 'Last-Event-ID', detail: 'must be the id of an event' }],
    };
  }
  const refused = await recordRead(api, { user, what: 'session', subjectId: id });
  if (refused !== undefined) {
    return refused;
  }
  if (!api.streams.hasRoomFor(user.name)) {
    return { problem: 'too-many-streams' };
  }
  return follow(api, { id, by: user.name, after });
}

/** Follows the session from now on; what comes before the stream is open waits for it. */
function follow(
  { sessions, streams }: Api,
  { id, by, after }: { readonly id: string; readonly by: string; readonly after: EventId | undefined },
): Answer {
  const waiting: StreamEvent[] = [];
  let send = (event: StreamEvent): void => {
    waiting.push(event);
  };
  const session = sessions.find(id);
  const stop = session && sessions.watch(id, after, (event) => send(streamEvent(session.id, event)));
  if (stop === undefined) {
    return { problem: 'not-found' };
  }
  if (waiting.length === 0 && sessions.find(id)?.state === 'over') {
    stop();
    return { status: 204, body: undefined };
  }
  return {
    stream: (response: Response) => {
      send = streams.start(response, by, stop);
      for (const event of waiting) {
        send(event);
      }
    },
  };
}

function streamEvent(sessionId: string, event: SessionEvent): StreamEvent {
  return {
    id: writeEventId({ sessionId, seq: event.seq }),
    type: event.type,
    data: sessionEventShape.parse(eventAnswer(event)),
    last: event.type === 'state' && event.state === 'over',
  };
}

/** Returns an event's id as the stream carries it. */
function writeEventId({ sessionId, seq }: EventId): string {
  return `${sessionId}.${seq}`;
}

/** Returns the id, or undefined when the text is none of ours. */
function readEventId(text: string | undefined): EventId | undefined {
  const [, sessionId = '', seq = ''] = eventIdPattern.exec(text ?? '') ?? [];
  return seq === '' ? undefined : { sessionId, seq: Number(seq) };
}
