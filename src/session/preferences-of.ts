import type { Preferences, Wallet } from '../wallet/wallet.js';

/** Returns how a caller wants to be spoken to; nothing is known of one whose number is withheld. */
export async function preferencesOf(
  wallet: Pick<Wallet, 'preferencesOf'>,
  callerNumber: string | undefined,
): Promise<Preferences> {
  return callerNumber === undefined
    ? { language: undefined, pace: undefined }
    : wallet.preferencesOf(callerNumber);
}
