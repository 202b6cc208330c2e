import { money } from '../../src/money.js';
import { type ComposedValue, type Grammar, isPause } from '../../src/speech/grammar.js';

/** Returns the words of a value as one text; a pause is a bar. */
export function say(grammar: Grammar, value: ComposedValue): string {
  const texts = grammar.speak(value).map((part) => (isPause(part) ? '|' : part.text));
  return texts.join(grammar.wordSeparator);
}

/** Returns an amount in fen as a value that a grammar says. */
export function amount(amountMinor: number): ComposedValue {
  return { as: 'money', money: money(amountMinor) };
}
