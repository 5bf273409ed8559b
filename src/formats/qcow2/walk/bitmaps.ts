import { BitmapTableEntry } from '../../../../generated/qcow2.ts';
import { fileOffset } from '../../../io/source.ts';
import type { WalkListeners } from '../../../model/owners.ts';
import type { Place } from '../../../model/problem.ts';
import type { Qcow2Findings } from '../findings.ts';
import type { Qcow2Layout } from '../image.ts';
import type { Bitmap } from '../layout/bitmaps.ts';
import { positionText } from '../layout/geometry.ts';
import { entryOffset } from '../layout/l2-scan.ts';
import { readPointerTable, selectDisjoint } from '../layout/pointer-reader.ts';
import { bitmapClusterKind, bitmapTableKind } from './fixed-kinds.ts';
import { OccupiedClusters } from './occupied.ts';
import { OddEntry } from './odd-entry.ts';
import { claimTable } from './pointers.ts';

/** Claims the tables and clusters of the bitmaps. */
export async function claimBitmaps(
  layout: Qcow2Layout,
  listeners: WalkListeners<Qcow2Findings>,
): Promise<void> {
  const { geometry, bitmaps, hasValidBitmaps } = layout;
  if (bitmaps === null || !hasValidBitmaps) return;
  const kind = bitmapTableKind(layout);
  const regions = bitmaps.entries.map(({ tableOffset, tableEntries }) => ({
    start: tableOffset,
    length: 8 * tableEntries,
  }));
  for (const { tableOffset: offset, tableEntries, index } of bitmaps.entries)
    claimTable(geometry, listeners.owners, kind, { offset, bytes: 8 * tableEntries, index });
  const occupied = new OccupiedClusters(layout);
  for (const index of selectDisjoint(geometry, regions)) {
    const bitmap = bitmaps.entries[index];
    if (bitmap === undefined) continue;
    const { tableOffset, tableEntries } = bitmap;
    if (!occupied.meets(tableOffset, tableOffset + 8 * tableEntries))
      await claimBitmapClusters(layout, listeners, bitmap);
  }
}

/** Entries of a bitmap's table that are read at once. */
const BITMAP_BATCH = 65_536;

async function claimBitmapClusters(
  layout: Qcow2Layout,
  { owners, findings }: WalkListeners<Qcow2Findings>,
  bitmap: Bitmap,
): Promise<void> {
  const { clusterSize } = layout.geometry;
  const placeOf = (index: number): Place => bitmapEntryPlace(layout, bitmap, index);
  const kind = bitmapClusterKind(placeOf);
  for (let first = 0; first < bitmap.tableEntries; first += BITMAP_BATCH) {
    const count = Math.min(BITMAP_BATCH, bitmap.tableEntries - first);
    const table = await readPointerTable(layout, bitmap.tableOffset + 8 * first, count, 56);
    if (table.length === 0) return;
    for (let index = 0; index < table.length; index++) {
      const high = table.high(index);
      const low = table.low(index);
      if (high === 0 && (low === 0 || low === 1)) continue;
      const target = entryOffset(high, low);
      if ((high & ~0x00ff_ffff) !== 0 || (low & (clusterSize - 1)) !== 0)
        tellEntry(new OddEntry(findings, placeOf(first + index), [high, low]), clusterSize);
      if (target !== 0 && target % clusterSize === 0)
        owners.range(kind, fileOffset(target), clusterSize, first + index);
    }
  }
}

function bitmapEntryPlace({ file }: Qcow2Layout, bitmap: Bitmap, index: number): Place {
  const field = `bitmap_tables[${bitmap.index}][${index}]`;
  return { file, offset: bitmap.tableOffset + 8 * index, length: 8, field };
}

function tellEntry(entry: OddEntry, clusterSize: number): void {
  BitmapTableEntry.decode(entry.bytes(), entry.sink);
  const target = entryOffset(entry.high, entry.low);
  if (target % clusterSize !== 0)
    entry.tellUnaligned('qcow2/bitmap-table-entry', positionText(target), clusterSize);
}
