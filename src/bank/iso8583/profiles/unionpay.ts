import {
  type FieldContent,
  type FieldDisplay,
  type FieldEncoding,
  type FieldLength,
  type FieldRule,
  fixed,
  lllvar,
  llvar,
  type Profile,
} from '../profile.js';
import { dataElements } from './data-elements.js';

type Row = readonly [
  name: string,
  content: FieldContent,
  length: FieldLength,
  encoding: FieldEncoding,
  display?: FieldDisplay,
];

/**
 * One row a field, by number as in ISO 8583:1987, with the encodings of UnionPay terminals. Drawn from
 * public descriptions, not from a licensed specification. What is not said to be shown is hidden.
 */
const rows: Readonly<Record<number, Row>> = {
  2: ['primary account number', 'n', llvar(19), 'bcd-left', 'pan'],
  3: ['processing code', 'n', fixed(6), 'bcd-left', 'open'],
  4: ['amount, transaction', 'n', fixed(12), 'bcd-left', 'open'],
  5: ['amount, settlement', 'n', fixed(12), 'bcd-left', 'open'],
  6: ['amount, cardholder billing', 'n', fixed(12), 'bcd-left', 'open'],
  7: ['transmission date and time', 'n', fixed(10), 'bcd-left', 'open'],
  9: ['conversion rate, settlement', 'n', fixed(8), 'bcd-left', 'open'],
  10: ['conversion rate, cardholder billing', 'n', fixed(8), 'bcd-left', 'open'],
  11: ['system trace audit number', 'n', fixed(6), 'bcd-left', 'open'],
  12: ['time, local transaction', 'n', fixed(6), 'bcd-left', 'open'],
  13: ['date, local transaction', 'n', fixed(4), 'bcd-left', 'open'],
  14: ['date, expiration', 'n', fixed(4), 'bcd-left'],
  15: ['date, settlement', 'n', fixed(4), 'bcd-left', 'open'],
  16: ['date, conversion', 'n', fixed(4), 'bcd-left', 'open'],
  18: ['merchant type', 'n', fixed(4), 'bcd-left', 'open'],
  19: ['acquiring institution country code', 'n', fixed(3), 'bcd-left', 'open'],
  22: ['point of service entry mode', 'n', fixed(3), 'bcd-left', 'open'],
  23: ['card sequence number', 'n', fixed(3), 'bcd-right'],
  24: ['network international identifier', 'n', fixed(3), 'bcd-right', 'open'],
  25: ['point of service condition code', 'n', fixed(2), 'bcd-left', 'open'],
  26: ['point of service PIN capture code', 'n', fixed(2), 'bcd-left', 'open'],
  28: ['amount, transaction fee', 'xn', fixed(9), 'ascii', 'open'],
  32: ['acquiring institution identification code', 'n', llvar(11), 'bcd-left', 'open'],
  33: ['forwarding institution identification code', 'n', llvar(11), 'bcd-left', 'open'],
  35: ['track 2 data', 'z', llvar(37), 'bcd-left'],
  36: ['track 3 data', 'z', lllvar(104), 'bcd-left'],
  37: ['retrieval reference number', 'an', fixed(12), 'ascii', 'open'],
  38: ['authorisation identification response', 'an', fixed(6), 'ascii', 'open'],
  39: ['response code', 'an', fixed(2), 'ascii', 'open'],
  41: ['card acceptor terminal identification', 'ans', fixed(8), 'ascii', 'open'],
  42: ['card acceptor identification code', 'ans', fixed(15), 'ascii', 'open'],
  43: ['card acceptor name and location', 'ans', fixed(40), 'gbk', 'text'],
  44: ['additional response data', 'ans', llvar(25), 'gbk', 'text'],
  45: ['track 1 data', 'ans', llvar(76), 'ascii'],
  48: ['additional data, private', 'ans', lllvar(322), 'gbk'],
  49: ['currency code, transaction', 'an', fixed(3), 'ascii', 'open'],
  50: ['currency code, settlement', 'an', fixed(3), 'ascii', 'open'],
  51: ['currency code, cardholder billing', 'an', fixed(3), 'ascii', 'open'],
  52: ['personal identification number block', 'b', fixed(8), 'raw'],
  53: ['security related control information', 'n', fixed(16), 'bcd-left', 'open'],
  54: ['additional amounts', 'ans', lllvar(120), 'ascii', 'open'],
  55: ['integrated circuit card data', 'b', lllvar(255), 'raw'],
  57: ['additional data, reserved', 'ans', lllvar(100), 'gbk'],
  58: ['electronic purse data', 'ans', lllvar(100), 'gbk'],
  59: ['custom data, reserved', 'ans', lllvar(600), 'gbk'],
  60: ['type, batch and network management (60.1–60.7)', 'n', lllvar(19), 'bcd-left', 'open'],
  61: ['original message (batch, trace, date)', 'n', lllvar(29), 'bcd-left', 'open'],
  62: ['private data; keys at sign-in', 'b', lllvar(512), 'raw'],
  63: ['operator and remark', 'ans', lllvar(163), 'gbk', 'text'],
  64: ['message authentication code', 'b', fixed(8), 'raw'],
  66: ['settlement code', 'n', fixed(1), 'bcd-left', 'open'],
  70: ['network management information code', 'n', fixed(3), 'bcd-left', 'open'],
  90: ['original data elements', 'n', fixed(42), 'bcd-left', 'open'],
  100: ['receiving institution identification code', 'n', llvar(11), 'bcd-left', 'open'],
  102: ['account identification 1', 'ans', llvar(28), 'ascii', 'pan'],
  103: ['account identification 2', 'ans', llvar(28), 'ascii', 'pan'],
  128: ['message authentication code', 'b', fixed(8), 'raw'],
};

/** The data elements that UnionPay terminals have no use for; a host that sends one all the same is read. */
function passedOver(): Profile['passedOver'] {
  const others = Object.entries(dataElements).filter(([number]) => rows[Number(number)] === undefined);
  return Object.fromEntries(
    others.map(([number, [name, content, length]]) => [
      Number(number),
      { name, content, length, encoding: wireEncodings[content], display: 'hidden' },
    ]),
  );
}

const wireEncodings = {
  n: 'bcd-left',
  z: 'bcd-left',
  xn: 'ascii',
  an: 'ascii',
  ans: 'ascii',
  b: 'raw',
} as const satisfies Record<FieldContent, FieldEncoding>;

function toRule([name, content, length, encoding, display = 'hidden']: Row): FieldRule {
  return { name, content, length, encoding, display };
}

/** ISO 8583 as UnionPay terminals write it: TPDU and header, packed decimal, ECB MAC. */
export const unionpayProfile: Profile = {
  name: 'unionpay',
  title: 'UnionPay style: packed decimal, TPDU and header',
  requestHeader: { tpdu: '6000030000', control: '603100311108' },
  mtiEncoding: 'bcd',
  bitmapEncoding: 'raw',
  lengthEncoding: 'bcd',
  maxFrameLength: 4096,
  mac: 'unionpay-ecb',
  pinBlockFormat: 0,
  fields: Object.fromEntries(Object.entries(rows).map(([number, row]) => [Number(number), toRule(row)])),
  passedOver: passedOver(),
  retrievalReference: 'assigned',
  unsignedRefusals: 'believed-and-reversed',
  messages: [
    {
      name: 'balance enquiry or purchase, void of a purchase: request',
      mti: '0200',
      mandatory: [2, 3, 11, 22, 25, 41, 42, 49, 60, 64],
      optional: [4, 12, 13, 14, 26, 32, 35, 36, 37, 38, 48, 52, 53, 61, 62, 63],
    },
    {
      name: 'balance enquiry or purchase, void of a purchase: answer',
      mti: '0210',
      mandatory: [3, 11, 12, 13, 37, 39, 41, 42],
      optional: [2, 4, 14, 15, 25, 26, 32, 38, 44, 48, 49, 53, 54, 60, 62, 63, 64],
    },
    {
      name: 'refund: request',
      mti: '0220',
      mandatory: [2, 3, 4, 11, 22, 25, 37, 41, 42, 49, 60, 61, 63, 64],
      optional: [12, 13, 14, 26, 32, 35, 36, 38, 52, 53, 62],
    },
    {
      name: 'refund: answer',
      mti: '0230',
      mandatory: [3, 11, 12, 13, 37, 39, 41, 42],
      optional: [2, 4, 14, 15, 25, 32, 38, 44, 49, 60, 63, 64],
    },
    {
      name: 'reversal: request, with the trace number of its original',
      mti: '0400',
      mandatory: [2, 3, 4, 11, 22, 25, 39, 41, 42, 49, 60, 64],
      optional: [12, 13, 14, 23, 32, 37, 38, 53, 61, 62, 90, 128],
    },
    {
      name: 'reversal: answer',
      mti: '0410',
      mandatory: [3, 11, 12, 13, 37, 39, 41, 42],
      optional: [2, 4, 14, 15, 25, 32, 38, 44, 49, 60, 64, 90, 128],
    },
    {
      name: 'sign-in (60.3 = 003) or echo (60.3 = 301): request',
      mti: '0800',
      mandatory: [11, 41, 42, 60],
      optional: [12, 13, 32, 62, 63],
    },
    {
      name: 'sign-in, with the keys in field 62, or echo: answer',
      mti: '0810',
      mandatory: [11, 39, 41],
      optional: [12, 13, 32, 37, 42, 60, 62, 63],
    },
  ],
};
