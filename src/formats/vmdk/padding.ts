import type { Padding } from '../../model/format.ts';
import { SECTOR_SIZE } from '../../model/offsets.ts';
import type { Facts } from '../../model/rule.ts';
import type { VmdkImage } from './image.ts';

/** What the structures before the first grain leave over. */
export function* paddingOf({ hostedExtents }: VmdkImage, facts: Facts): Iterable<Padding> {
  for (const { file, geometry } of hostedExtents) {
    const ownership = facts.ownership(file);
    if (ownership === undefined || geometry === null) continue;
    yield { file, ranges: ownership.gaps(0, geometry.overheadSectors * SECTOR_SIZE) };
  }
}
