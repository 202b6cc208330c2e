/** What happened on a line since it was started. They only grow. */
export type LineCounts = {
  connects: number;
  /** How often the line went from another host back to its primary. */
  returns: number;
  signOns: number;
  signOnFailures: number;
  refusedKeys: number;
  requests: number;
  unanswered: number;
  lost: number;
  badMacs: number;
  garbled: number;
  late: number;
  duplicates: number;
  unmatched: number;
};

/** Returns the counts of a line that has done nothing yet. */
export function nothingCounted(): LineCounts {
  return {
    connects: 0,
    returns: 0,
    signOns: 0,
    signOnFailures: 0,
    refusedKeys: 0,
    requests: 0,
    unanswered: 0,
    lost: 0,
    badMacs: 0,
    garbled: 0,
    late: 0,
    duplicates: 0,
    unmatched: 0,
  };
}
