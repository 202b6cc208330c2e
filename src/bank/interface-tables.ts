import { between, withProfileTables } from './iso8583/profile-tables.js';
import { declineReasonOf, meaningOf, responseCodes, reversalMeaningOf } from './response-code.js';

/**
 * Returns docs/bank-interface.md with its tables drawn from the profiles and the table of response codes.
 * @throws Error when a mark is missing.
 */
export function withInterfaceTables(document: string): string {
  return between(withProfileTables(document), 'response codes', codeTable());
}

function codeTable(): string {
  const rows = responseCodes.map((code) => {
    const meaning = meaningOf(code);
    const signsIn = meaning?.class === 'hostFault' && meaning.signInAgain;
    return `| ${code} | ${meaning?.class ?? ''}${signsIn ? ', signs in again' : ''} | ${heard(code)} | ${reversalMeaningOf(code)} |`;
  });
  return ['| code | class | the caller hears | of a reversal |', '|---|---|---|---|', ...rows].join('\n');
}

function heard(code: string): string {
  const meaning = meaningOf(code);
  switch (meaning?.class) {
    case 'approved':
      return 'what was asked for';
    case undefined:
    case 'undecided':
      return '`payment.returning`';
    case 'retryPin':
      return '`pin.wrong`';
    case 'declined':
    case 'captureCard':
    case 'tryAgainLater':
    case 'hostFault':
      return `\`declined.${declineReasonOf(meaning)}\``;
  }
}
