import assert from 'node:assert/strict';
import {
  batchNumber,
  businessDay,
  chinaTime,
  localDate,
  localTime,
  transmissionTime,
} from '../src/bank/terminal-time.js';
import { boundsOf as boundsOfCalls, dayOf } from '../src/operations/calls-cursor.js';
import { boundsOf, settlementDay } from '../src/payment/reconcile/settlement-day.js';
import { inTimeZone } from './support/in-time-zone.js';

/** Places with summer time in either half of the year, with odd offsets, and at the ends of the calendar. */
const zones = [
  'UTC',
  'Asia/Shanghai',
  'America/New_York',
  'Europe/Berlin',
  'Australia/Eucla',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
];

/** Around the hours that a machine's own clock misses or has twice, and around midnight in China. */
const moments = [
  '2026-03-08T06:59:59.999Z',
  '2026-03-08T07:30:00.000Z',
  '2026-11-01T05:30:00.000Z',
  '2026-11-01T06:30:00.000Z',
  '2026-03-29T01:00:00.000Z',
  '2026-10-25T00:30:00.000Z',
  '2026-10-25T01:30:00.000Z',
  '2026-04-04T15:00:00.000Z',
  '2026-12-31T15:59:59.999Z',
  '2026-12-31T16:00:00.000Z',
  '2028-02-28T16:00:00.000Z',
  '2028-02-29T15:59:59.999Z',
];

const zoneOfDays = { utcOffsetMinutes: 480 };

function told(moment: string): unknown {
  const at = new Date(moment);
  const day = settlementDay(at, zoneOfDays);
  const { from, to } = boundsOf(day, zoneOfDays);
  const calls = boundsOfCalls(dayOf(at, 480), 480);
  return {
    terminal: [businessDay, localTime, localDate, batchNumber].map((read) => read(at, chinaTime)),
    transmitted: transmissionTime(at),
    day,
    bounds: [from, to, calls.from, calls.until].map((one) => one.toISOString()),
  };
}

describe('days and times', () => {
  const inUtc = new Map<string, unknown>();

  for (const zone of zones) {
    describe(`on a machine that is set to ${zone}`, () => {
      inTimeZone(zone);

      it('are those of the bank and of the settlement, whatever the machine is set to', () => {
        assert.equal(Intl.DateTimeFormat().resolvedOptions().timeZone, zone);
        for (const moment of moments) {
          const here = told(moment);
          assert.deepEqual(here, inUtc.get(moment) ?? here, moment);
          inUtc.set(moment, here);
          const { from, to } = boundsOf(settlementDay(new Date(moment), zoneOfDays), zoneOfDays);
          assert.equal(to.getTime() - from.getTime(), 86_400_000);
          assert.ok(from <= new Date(moment) && new Date(moment) < to);
        }
      });
    });
  }

  it('are as the calendar of China has them', () => {
    const days = ['2026-12-31T15:59:59.999Z', '2026-12-31T16:00:00.000Z', '2028-02-28T16:00:00.000Z'];
    assert.deepEqual(
      days.map((moment) => businessDay(new Date(moment), chinaTime)),
      ['20261231', '20270101', '20280229'],
    );
  });
});
