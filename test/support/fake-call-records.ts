import type { CallRecords, CallsQuery, RecordedCall } from '../../src/call-log/call-records.js';

/** Recorded calls in memory. */
export class FakeCallRecords implements CallRecords {
  readonly calls: RecordedCall[] = [];

  async page({ from, until, agent, after, limit }: CallsQuery): Promise<readonly RecordedCall[]> {
    const key = (call: { startedAt: Date; id: string }) => `${call.startedAt.toISOString()} ${call.id}`;
    return this.calls
      .filter((call) => call.startedAt >= from && call.startedAt < until)
      .filter((call) => agent === undefined || call.agent === agent)
      .filter((call) => after === undefined || key(call) < key(after))
      .sort((a, b) => (key(a) < key(b) ? 1 : -1))
      .slice(0, limit);
  }

  async byChannels(channelIds: readonly string[]): Promise<readonly RecordedCall[]> {
    return this.calls.filter(({ channelId }) => channelIds.includes(channelId));
  }
}
