import { menuPlan } from '../menu-plan.js';
import type { Said } from '../said.js';
import { known } from '../step.js';

/** Returns the menus that services lie in, by their digits, with what each is called in the menu above it. */
export function menusOver(
  services: readonly { readonly path: string }[],
): ReadonlyMap<string, Said<unknown>> {
  const paths = services.flatMap(({ path }) =>
    range(1, path.length - 1).map((length) => path.slice(0, length)),
  );
  return new Map(
    [...new Set(paths)].map((digits) => [
      digits,
      known(menuPlan[digits], `what the menu ${digits} is called`),
    ]),
  );
}

/** Returns the whole numbers from `first` to `last`. */
export function range(first: number, last: number): readonly number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}
