/**
 * Every cryptographic function of the bank line in one place, for whoever tries published vectors against
 * them; docs/bank-interface.md lists them with their arguments. All are pure: keys, data and the random
 * source are arguments. The rest of the bank line imports the files themselves.
 */
export type { BlockCipher } from './block-cipher.js';
export { CryptographyError, decryptBlocks, encryptBlocks, encryptChained } from './block-cipher.js';
export { unwrapKey, wrapKey } from './key-wrap.js';
export type { MacAlgorithm, MacPadding } from './mac.js';
export {
  aesCmac,
  aesKeyCheckValue,
  cbcMac,
  desCmac,
  keyCheckValue,
  macEquals,
  messageMac,
  retailMac,
  unionpayEcbMac,
} from './mac.js';
export type { PinBlockFormat, PinBlockProblem, RandomBytes } from './pin-block.js';
export {
  decodePinBlock,
  decodePinField4,
  decryptPinBlock,
  encodePanField,
  encodePanField4,
  encodePinBlock,
  encodePinField4,
  encryptPinBlock,
  PinBlockError,
} from './pin-block.js';
export { isWellKnownKey } from './well-known-keys.js';
