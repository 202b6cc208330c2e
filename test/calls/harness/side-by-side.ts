/**
 * Declares tests whose calls go on at the same time, as callers do; each is reported by itself. Calls last
 * many seconds and keep nobody busy, so that one after the other they would take too long.
 */

import { withSecondTry } from './second-try.js';

/** Calls at once; as many again make a machine with two cores late. */
const mostAtOnce = 12;

type Tests = Readonly<Record<string, () => Promise<void>>>;
type Waiting = { readonly group: number; readonly title: string; readonly begin: () => Promise<void> };

const waiting: Waiting[] = [];
const results = new Map<string, Promise<void>>();
/** A run of selected tests must not call for the others. */
const onlySome = process.argv.some((word) => /^(-g|-f|--grep|--fgrep)(=|$)/.test(word));
/** What `-g` selects by: mocha tells no test whether it is selected before its turn. */
const selection = process.argv.includes('-g') ? process.argv[process.argv.indexOf('-g') + 1] : undefined;
let groups = 0;
let allowedGroups = 0;
let going = 0;
let idle: (() => void)[] = [];

/**
 * Declares tests, by title. Those of all groups take their turn in one queue, in the order in which they are
 * declared; each must have its own customers.
 */
export function sideBySide(tests: Tests): void {
  groups += 1;
  const group = groups;
  for (const [title, run] of Object.entries(tests)) {
    const result = new Promise<void>((resolve, reject) => {
      waiting.push({ group, title, begin: () => withSecondTry(title, run).then(resolve, reject) });
    });
    expect(group, title, result);
  }
  before('the calls begin', function () {
    allowedGroups = onlySome ? group : groups;
    const suite = this.test?.parent?.fullTitle() ?? '';
    dropUnselected((title) => `${suite} ${title}`, group);
    beginSome();
  });
  report(group, tests);
}

/** Declares tests that go on at the same time as each other, while nobody else calls: they measure. */
export function sideBySideAlone(tests: Tests): void {
  groups += 1;
  const group = groups;
  before('every other call ends', async function () {
    this.timeout(600_000);
    await nobodyCalls();
    for (const [title, run] of Object.entries(tests)) {
      expect(group, title, withSecondTry(title, run));
    }
  });
  report(group, tests);
}

/** Resolves when no call of these tests goes on or waits: for tests that must have the lab for themselves. */
export async function nobodyCalls(): Promise<void> {
  beginSome();
  if (going > 0) {
    await new Promise<void>((resolve) => {
      idle.push(resolve);
    });
  }
}

function dropUnselected(fullTitle: (title: string) => string, ofGroup: number): void {
  if (selection === undefined) {
    return;
  }
  const pattern = new RegExp(selection);
  const stay = waiting.filter(({ group, title }) => group !== ofGroup || pattern.test(fullTitle(title)));
  waiting.splice(0, waiting.length, ...stay);
}

function beginSome(): void {
  while (going < mostAtOnce) {
    const at = waiting.findIndex(({ group }) =>
      onlySome ? group === allowedGroups : group <= allowedGroups,
    );
    const [next] = at < 0 ? [] : waiting.splice(at, 1);
    if (next === undefined) {
      break;
    }
    going += 1;
    void next.begin().finally(() => {
      going -= 1;
      beginSome();
    });
  }
  if (going === 0) {
    for (const resolve of idle) {
      resolve();
    }
    idle = [];
  }
}

function expect(group: number, title: string, result: Promise<void>): void {
  results.set(nameOf(group, title), result);
  // Its test reports it.
  result.catch(() => undefined);
}

function report(group: number, tests: Tests): void {
  for (const title of Object.keys(tests)) {
    it(title, async function () {
      this.timeout(300_000);
      await results.get(nameOf(group, title));
    });
  }
}

function nameOf(group: number, title: string): string {
  return `${group} ${title}`;
}
