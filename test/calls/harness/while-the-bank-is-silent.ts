import type { Caller } from './caller.js';

/** What a caller hears while the bank is waited for, from the second word on, 4 s apart. */
const waitingWords = ['wait.still-working', 'wait.thank-you'] as const;
const betweenWordsMs = 4_000;
const bankTimeoutMs = Number(process.env['WALLETLINE_BANK_ANSWER_TIMEOUT_MS'] ?? 20_000);

/** Hears something every 4 s until the bank's time is up. */
export async function isKeptInformed(caller: Caller): Promise<void> {
  for (let word = 0; (word + 1) * betweenWordsMs < bankTimeoutMs; word += 1) {
    await caller.hears(waitingWords[word % 2] ?? 'wait.thank-you', { withinMs: betweenWordsMs + 2_000 });
  }
}
