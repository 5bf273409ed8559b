import type { Padding } from '../../model/format.ts';
import type { FileRange } from '../../model/owners.ts';
import type { Qcow2Layout } from './image.ts';
import { roundUp } from './layout/geometry.ts';

/** What tables and directories leave over of their clusters. */
export function paddingOf({
  file,
  geometry,
  l1,
  snapshots,
  bitmaps,
  hasValidBitmaps,
}: Qcow2Layout): readonly Padding[] {
  const { clusterSize, limit } = geometry;
  const areas = [
    { start: l1.offset, length: 8 * l1.declared },
    { start: snapshots.offset, length: snapshots.length },
  ];
  if (bitmaps !== null && hasValidBitmaps) {
    areas.push({ start: bitmaps.offset, length: bitmaps.length });
    for (const { tableOffset, tableEntries } of bitmaps.entries)
      areas.push({ start: tableOffset, length: 8 * tableEntries });
  }
  const ranges = areas.flatMap(({ start, length }): readonly FileRange[] => {
    const end = start + length;
    const rest = roundUp(end, clusterSize) - end;
    return start === 0 || length === 0 || end > limit || rest === 0 ? [] : [{ start: end, length: rest }];
  });
  return [{ file, ranges }];
}
