import { agentNumbers, labCards, labPhones, serviceNumber } from './data.js';

const yuan = (minor: number) => (minor / 100).toFixed(2).padStart(9);

function rows(): string[] {
  const bound = labPhones.flatMap((phone) =>
    (phone.cards.length === 0 ? [undefined] : phone.cards).map((pan) => ({ phone, pan })),
  );
  const unbound = labCards
    .filter(({ pan }) => !labPhones.some(({ cards }) => cards.includes(pan)))
    .map(({ pan }) => ({ phone: undefined, pan }));
  return [...bound, ...unbound].map(({ phone, pan }) => {
    const card = labCards.find((candidate) => candidate.pan === pan);
    return [
      (phone?.phone ?? '–').padEnd(12),
      (phone?.language ?? '–').padEnd(3),
      (pan ?? 'no card').padEnd(20),
      (card?.pin ?? '').padEnd(7),
      card === undefined ? ' '.repeat(9) : yuan(card.balanceMinor),
      phone === undefined ? '' : `${yuan(phone.balanceMinor)}${yuan(phone.dueMinor)}`,
    ].join(' ');
  });
}

/** Returns what `npm start` shows when the lab is ready: how to call it, with what, and where the rest stands. */
export function readyCard(
  { sipAddress, httpAddress }: { readonly sipAddress: string; readonly httpAddress: string },
  environmentFile: string,
  logDir: string,
): string {
  return [
    '',
    `Walletline is ready: dial ${serviceNumber} at sip:${serviceNumber}@${sipAddress} (UDP, no registration)`,
    '  as one of the phones below: the user part of From says who calls.',
    'A demo call, which hears the balance of a bank card:',
    `  sipp -sf lab/demo-call.xml -s ${serviceNumber} -i 127.0.0.1 -m 1 ${sipAddress}`,
    '',
    'phone        lang card                 PIN      balance    phone    bill',
    ...rows(),
    '',
    `Agents ${agentNumbers.join(' and ')} answer at 12581 (key 0 in any menu). Their phones register at sip:${sipAddress}`,
    '  from 127.0.0.2 or another address that is not 127.0.0.1, which is the trunk; their passwords, and the tokens of',
    `  the API at http://${httpAddress} (agents, a shop, operator, auditor), stand in the file below.`,
    '',
    `Addresses and credentials: ${environmentFile}    Logs: ${logDir}`,
    'Ctrl-C ends everything.',
    '',
  ].join('\n');
}
