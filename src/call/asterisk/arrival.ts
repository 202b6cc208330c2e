import type { Handover } from '../call.js';

/** Whose line has come to us, and what came with it. */
export type Arrival =
  | {
      readonly whose: 'caller';
      readonly handover: Handover | undefined;
      /** Digits that were dialled behind the service number. */
      readonly dialled: string | undefined;
    }
  | { readonly whose: 'agent'; readonly ticket: string; readonly agent: string | undefined }
  /** An agent's line that no caller can belong to. */
  | { readonly whose: 'nobody' };

/** Of a caller's line. */
export type CallerArrival = Extract<Arrival, { whose: 'caller' }>;

/** As long as a number inside a call centre can be. */
const agentDigits = /^\d{1,10}$/;
/** Longer than any code of an order: a longer one is no order's either, and is told so. */
const orderDigits = /^\d{1,12}$/;
/** A path through the menus, or the code of an order. */
const dialledDigits = /^\d{1,6}$/;
const ticketDigits = /^\d{10}$/;

/**
 * Returns what the dialplan's arguments to Stasis() say: `dialled,<digits>`, `transfer,order,<code>,<agent>`,
 * `transfer,ticket,<ticket>,<agent>` or `agent,<ticket>,<agent>`, where digits, codes and agents may be missing. People
 * dialled and named them: what is not digits of the right length counts as missing, and `onMalformed` is told
 * which it was. All else is a direct call.
 */
export function readArrival(args: readonly string[], onMalformed: (what: string) => void): Arrival {
  const read = (what: string, shape: RegExp, text: string | undefined): string | undefined => {
    if (text === undefined || text === '') {
      return undefined;
    }
    if (shape.test(text)) {
      return text;
    }
    onMalformed(what);
    return undefined;
  };
  const [kind, ...rest] = args;
  if (kind === 'agent') {
    const ticket = read('ticket', ticketDigits, rest[0]);
    return ticket === undefined
      ? { whose: 'nobody' }
      : { whose: 'agent', ticket, agent: read('agent', agentDigits, rest[1]) };
  }
  if (kind !== 'transfer') {
    const digits = kind === 'dialled' ? read('dialled digits', dialledDigits, rest[0]) : undefined;
    return { whose: 'caller', handover: undefined, dialled: digits };
  }
  const [means, key, agent] = rest;
  return {
    whose: 'caller',
    dialled: undefined,
    handover: {
      agent: read('agent', agentDigits, agent),
      orderCode: means === 'order' ? read('order code', orderDigits, key) : undefined,
      ticket: means === 'ticket' ? read('ticket', ticketDigits, key) : undefined,
    },
  };
}
