/** What may be paid for a service: one rule as data, for its dialogue, the API and whoever delivers it. */
export type AmountRule = {
  readonly leastMinor: number;
  readonly greatestMinor: number;
  /** Amounts are multiples of it: 100 where whole units are keyed. */
  readonly stepMinor: number;
  /** True: all of what is due may be paid whatever it is, and never more than that. */
  readonly upToDue?: boolean | undefined;
};

/** What is wrong with an amount. */
export type AmountFault = 'too-small' | 'too-large' | 'not-a-step';

/**
 * Returns what is wrong with an amount, in minor units, or undefined when it may be paid. `dueMinor` is what is
 * due, where that is known.
 */
export function amountFault(
  rule: AmountRule,
  amountMinor: number,
  dueMinor?: number,
): AmountFault | undefined {
  if (!Number.isSafeInteger(amountMinor) || amountMinor <= 0) {
    return 'too-small';
  }
  if (rule.upToDue === true && dueMinor !== undefined) {
    if (amountMinor === dueMinor) {
      return undefined;
    }
    if (amountMinor > dueMinor) {
      return 'too-large';
    }
  }
  if (amountMinor < rule.leastMinor) {
    return 'too-small';
  }
  if (amountMinor > rule.greatestMinor) {
    return 'too-large';
  }
  // What is due may have any fen, so that a part of an unknown due cannot be told from the whole of it.
  const mayBeWholeDue = rule.upToDue === true && dueMinor === undefined;
  return mayBeWholeDue || amountMinor % rule.stepMinor === 0 ? undefined : 'not-a-step';
}

/** Returns the faults of a rule itself, for the start: what no amount could ever meet. */
export function ruleFaults({ leastMinor, greatestMinor, stepMinor }: AmountRule): readonly string[] {
  const whole = [leastMinor, greatestMinor, stepMinor].every(
    (value) => Number.isSafeInteger(value) && value > 0,
  );
  return [
    ...(whole ? [] : ['its least, greatest and step must be whole minor units above zero']),
    ...(leastMinor > greatestMinor ? ['its least amount is above its greatest'] : []),
    ...(whole && Math.floor(greatestMinor / stepMinor) * stepMinor < leastMinor
      ? ['no multiple of its step lies between its least and its greatest amount']
      : []),
  ];
}
