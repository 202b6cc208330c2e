import type { Counter, Place } from './attempts.js';

/** A counter as it is stored. */
export type CounterState = {
  readonly epoch: number;
  readonly windowEndsAt: Date;
  readonly counted: number;
  readonly pending: number;
  readonly pendingUntil: Date | undefined;
};

/** Returns a counter that was never used. */
export function unused(now: Date): CounterState {
  return { epoch: 1, windowEndsAt: now, counted: 0, pending: 0, pendingUntil: undefined };
}

/** Returns the counter as it counts now: without what its window or the time of its places has ended. */
export function current(state: CounterState, now: Date): CounterState {
  if (state.windowEndsAt <= now && state.counted > 0) {
    return current({ ...state, epoch: state.epoch + 1, counted: 0 }, now);
  }
  if (state.pending > 0 && (state.pendingUntil === undefined || state.pendingUntil <= now)) {
    return { ...state, epoch: state.epoch + 1, pending: 0, pendingUntil: undefined };
  }
  return state;
}

/** Returns whether one more place can be had. `state` is current. */
export function roomIn({ counted, pending }: CounterState, limit: number): 'room' | 'busy' | 'full' {
  if (counted >= limit) {
    return 'full';
  }
  return counted + pending >= limit ? 'busy' : 'room';
}

/** Returns the counter with one more place taken until `now` + `holdMs`. `state` is current. */
export function withPlace(state: CounterState, now: Date, holdMs: number): CounterState {
  const until = new Date(now.getTime() + holdMs);
  const later = state.pendingUntil !== undefined && state.pendingUntil > until ? state.pendingUntil : until;
  return { ...state, pending: state.pending + 1, pendingUntil: later };
}

/** Returns the counter with one more counted. `state` is current. */
export function withCount(state: CounterState, counter: Counter, now: Date): CounterState {
  const begins = counter.from === 'last' || state.counted === 0;
  return {
    ...state,
    counted: state.counted + 1,
    windowEndsAt: begins ? new Date(now.getTime() + counter.windowMs) : state.windowEndsAt,
  };
}

/** Returns the counter without the place; one that was given up before is not given back twice. */
export function withoutPlace(state: CounterState, place: Place): CounterState {
  const pending = state.epoch === place.epoch ? Math.max(0, state.pending - 1) : state.pending;
  return { ...state, pending, pendingUntil: pending === 0 ? undefined : state.pendingUntil };
}

/** Returns the counter without what was counted before the place was taken, if it is not full. */
export function forgiving(state: CounterState, place: Place): CounterState {
  if (state.epoch !== place.epoch || state.counted >= place.limit) {
    return state;
  }
  return { ...state, counted: Math.max(0, state.counted - place.countedBefore) };
}
