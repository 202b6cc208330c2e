import { profiles } from '../../src/bank/iso8583/profile-named.js';
import type { ContractFault } from '../contracts/bank.js';
import { contractCards, describeBank } from '../contracts/bank.js';
import type { FaultOrder } from '../simulators/issuer-host/fault-script.js';
import { FakeBank } from '../support/fake-bank.js';
import { startIssuerLink } from '../support/issuer-link.js';
import { until } from '../support/until.js';

const hostFaults: Record<ContractFault, Omit<FaultOrder, 'match'>> = {
  'request-lost': { fault: 'request-lost' },
  'answer-lost': { fault: 'no-answer' },
  'bad-answer': { fault: 'bad-mac' },
  refused: { fault: 'respond', code: '40' },
};

describeBank('FakeBank', async () => {
  const bank = new FakeBank({ cards: contractCards });
  return {
    bank,
    balanceOf: (pan) => bank.balanceOf(pan),
    script: (kind, fault) => bank.script(kind, fault),
    breakLine: async () => {
      bank.available = false;
    },
    stop: async () => undefined,
  };
});

for (const profile of profiles) {
  describeBank(`Iso8583Bank with the profile ${profile.name}`, async () => {
    const link = await startIssuerLink({ profile, terminalIds: ['00000001', '00000002'] });
    return {
      bank: link.bank,
      balanceOf: (pan) => link.host.books.balanceOf(pan) ?? Number.NaN,
      script: (kind, fault) => link.host.faults.add({ match: { kind }, ...hostFaults[fault] }),
      breakLine: async () => {
        await link.stopHost();
        await until(() => !link.bank.available, 'the bank notices that the line is gone');
      },
      stop: link.stop,
    };
  });
}
