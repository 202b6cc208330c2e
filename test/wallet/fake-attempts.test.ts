import { describeAttempts } from '../contracts/attempts.js';
import { FakeAttempts } from '../support/fake-attempts.js';
import { FakeClock } from '../support/fake-clock.js';

describeAttempts('FakeAttempts', () => {
  const clock = new FakeClock();
  return { attempts: new FakeAttempts(clock), clock };
});
