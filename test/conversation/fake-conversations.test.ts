import { describeConversations } from '../contracts/conversations.js';
import { FakeClock } from '../support/fake-clock.js';
import { FakeConversations } from '../support/fake-conversations.js';

describeConversations('FakeConversations', () => {
  const clock = new FakeClock('2026-11-28T04:00:00.000Z');
  const conversations = new FakeConversations(clock);
  return { conversations, clock, breakOff: async (broken) => conversations.breakOff(broken) };
});
