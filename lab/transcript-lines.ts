import type { Speech, SpokenValue } from '../src/dialogue/line.js';
import { formatMoney } from '../src/money.js';

/** Returns what is said as lines of a transcript: `> en prompt value=… [key]`, or `~ …` when it was not heard. */
export function transcriptLines({ language, utterances }: Speech, heard: boolean): readonly string[] {
  return utterances.map(({ prompt, values = {}, language: own = language, key }) => {
    const filled = Object.entries(values).map(([name, value]) => ` ${name}=${asText(value)}`);
    const choice = key === undefined ? '' : ` [${key}]`;
    return `${heard ? '>' : '~'} ${own} ${prompt}${filled.join('')}${choice}`;
  });
}

/** Returns a value as a transcript writes it; money without its currency. */
export function asText(value: SpokenValue): string {
  switch (value.as) {
    case 'money':
      return formatMoney(value.money).replace(' CNY', '');
    case 'number':
      return String(value.number);
    case 'phone':
      return value.own === true ? 'this' : value.digits;
    case 'card-ending':
    case 'reference':
      return value.digits;
    case 'date':
      return [value.year, value.month, value.day].filter((part) => part !== undefined).join('-');
    case 'time':
      return [value.hour, value.minute].map((part) => String(part).padStart(2, '0')).join(':');
    case 'name':
      return value.text;
  }
}
