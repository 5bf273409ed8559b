import type { Mapping } from '../../model/image.ts';
import type { GuestRange } from '../../model/offsets.ts';
import { MappingRuns } from '../shared/mapping-runs.ts';
import type { TableCopy } from './extents/extent.ts';
import type { Extent } from './extents/index.ts';

/**
 * Where the guest bytes of a range are, asked of one extent after the other.
 *
 * @param copy which copy of the tables is asked, where there are two
 */
export async function* mapExtents(
  extents: readonly Extent[],
  { start, length }: GuestRange,
  copy: TableCopy = 'first',
): AsyncIterable<readonly Mapping[]> {
  const runs = new MappingRuns();
  const end = start + length;
  for (const extent of extents) {
    const from = Math.max(start, extent.guestStart);
    const to = Math.min(end, extent.guestStart + extent.size);
    if (from >= to) continue;
    for await (const _ of extent.resolve(runs, from, to, copy)) if (runs.isFull) yield runs.take();
  }
  const rest = runs.finish();
  if (rest.length > 0) yield rest;
}
