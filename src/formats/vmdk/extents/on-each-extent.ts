import type { Facts, RuleRow, RuleTable } from '../../../model/rule.ts';
import type { VmdkImage } from '../image.ts';

/** An extent and the image that it is part of: what rules on extents look at. */
export interface InImage<E> {
  readonly extent: E;
  readonly image: VmdkImage;
}

/**
 * Makes rules that look at one extent into rules that look at all extents of their kind.
 *
 * @param extentsOf picks the extents of that kind; the walks over their files return `W`
 */
export function onEachExtent<E, M, W>(
  extentsOf: (image: VmdkImage) => readonly E[],
  table: RuleTable<InImage<E>, M, W>,
): RuleTable<VmdkImage, M> {
  const rows = Object.entries<RuleRow<InImage<E>, M[keyof M], M, W>>(table as never);
  return Object.fromEntries(rows.map(([id, row]) => [id, lookAtAll(extentsOf, row)])) as never;
}

function lookAtAll<E, D, M, W>(
  extentsOf: (image: VmdkImage) => readonly E[],
  { check, ...row }: RuleRow<InImage<E>, D, M, W>,
): RuleRow<VmdkImage, D, M> {
  if (check === undefined) return row;
  return {
    ...row,
    check(image, tell, facts, findings) {
      const walked = facts as Facts<W>;
      return visitAll(extentsOf(image), (extent) => check({ extent, image }, tell, walked, findings));
    },
  };
}

/** Visits the extents from index `first` on, one after another, and waits only where it must. */
function visitAll<E>(
  extents: readonly E[],
  visit: (extent: E) => void | Promise<void>,
  first = 0,
): void | Promise<void> {
  for (let index = first; index < extents.length; index++) {
    const finished = visit(extents[index] as E);
    if (finished !== undefined) return finished.then(() => visitAll(extents, visit, index + 1));
  }
  return undefined;
}
