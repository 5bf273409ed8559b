import type { Owners } from '../../model/owners.ts';

/** A listener that keeps nothing, for walks that are made for their own figures. */
export const nullOwners: Owners = {
  range: () => undefined,
  run: () => undefined,
  odd: () => undefined,
  allocated: () => undefined,
};
