import type { Profile } from '../profile.js';
import { dataElements } from './data-elements.js';

/** ISO 8583:1987 with everything in ASCII, bytes and bitmaps as hexadecimal, retail MAC. */
export const ascii1987Profile: Profile = {
  name: 'ascii-1987',
  title: 'ISO 8583:1987 in ASCII',
  requestHeader: {},
  mtiEncoding: 'ascii',
  bitmapEncoding: 'hex',
  lengthEncoding: 'ascii',
  maxFrameLength: 8192,
  mac: 'x9.19',
  pinBlockFormat: 0,
  fields: Object.fromEntries(
    Object.entries(dataElements).map(([number, [name, content, length, display = 'hidden']]) => [
      Number(number),
      { name, content, length, encoding: content === 'b' ? 'hex' : 'ascii', display },
    ]),
  ),
  passedOver: {},
  retrievalReference: 'echoed',
  unsignedRefusals: 'believed-and-reversed',
  messages: [
    {
      name: 'balance enquiry or purchase, void of a purchase: request',
      mti: '0200',
      mandatory: [2, 3, 11, 22, 25, 41, 42, 49, 64],
      optional: [4, 7, 12, 13, 14, 18, 26, 32, 37, 38, 48, 52, 53, 60, 61, 62, 63, 90, 128],
    },
    {
      name: 'balance enquiry or purchase, void of a purchase: answer',
      mti: '0210',
      mandatory: [3, 11, 39, 41],
      optional: [2, 4, 7, 12, 13, 14, 15, 25, 32, 37, 38, 42, 44, 49, 54, 60, 62, 63, 64],
    },
    {
      name: 'refund: request',
      mti: '0220',
      mandatory: [2, 3, 4, 11, 22, 25, 41, 42, 49, 64],
      optional: [7, 12, 13, 14, 32, 37, 38, 60, 61, 63, 90, 128],
    },
    {
      name: 'refund: answer',
      mti: '0230',
      mandatory: [3, 11, 39, 41],
      optional: [2, 4, 7, 12, 13, 15, 25, 32, 37, 38, 42, 44, 49, 60, 63, 64],
    },
    {
      name: 'reversal: request, with the trace number of its original',
      mti: '0400',
      mandatory: [2, 3, 4, 11, 22, 25, 41, 42, 49],
      optional: [7, 12, 13, 14, 32, 37, 38, 39, 60, 61, 64, 90, 128],
    },
    {
      name: 'reversal, sent again: request',
      mti: '0401',
      mandatory: [2, 3, 4, 11, 22, 25, 41, 42, 49],
      optional: [7, 12, 13, 14, 32, 37, 38, 39, 60, 61, 64, 90, 128],
    },
    {
      name: 'reversal: answer',
      mti: '0410',
      mandatory: [3, 11, 39, 41],
      optional: [2, 4, 7, 12, 13, 15, 25, 32, 37, 38, 42, 44, 49, 60, 64, 90, 128],
    },
    {
      name: 'sign-in or echo, told apart by field 60 or 70: request',
      mti: '0800',
      mandatory: [11, 41],
      optional: [7, 12, 13, 32, 42, 60, 62, 63, 70],
    },
    {
      name: 'sign-in, with the keys in field 62, or echo: answer',
      mti: '0810',
      mandatory: [11, 39, 41],
      optional: [7, 12, 13, 32, 37, 42, 60, 62, 63, 70],
    },
  ],
};
