import { fileOffset } from '../../io/source.ts';
import type { Owners } from '../../model/owners.ts';
import type { Bitmap } from './bitmaps.ts';
import type { ClaimInput } from './claim.ts';
import { bitmapClusterKind, bitmapTableKind } from './fixed-kinds.ts';
import { entryOffset } from './l2-scan.ts';
import { OccupiedClusters } from './occupied.ts';
import { claimTable } from './pointer-claims.ts';
import { readPointerTable, selectDisjoint } from './pointer-reader.ts';

/** Claims the tables and clusters of the bitmaps. */
export async function claimBitmaps(input: ClaimInput, owners: Owners): Promise<void> {
  const { geometry, bitmaps, hasValidBitmaps } = input;
  if (bitmaps === null || !hasValidBitmaps) return;
  const kind = bitmapTableKind(input, bitmaps.entries);
  const regions = bitmaps.entries.map(({ tableOffset, tableEntries }) => ({
    start: tableOffset,
    length: 8 * tableEntries,
  }));
  for (const { tableOffset: offset, tableEntries, index } of bitmaps.entries)
    claimTable(geometry, owners, kind, { offset, bytes: 8 * tableEntries, index });
  const occupied = new OccupiedClusters(input);
  for (const index of selectDisjoint(geometry, regions)) {
    const bitmap = bitmaps.entries[index];
    if (bitmap === undefined) continue;
    const { tableOffset, tableEntries } = bitmap;
    if (!occupied.meets(tableOffset, tableOffset + 8 * tableEntries))
      await claimBitmapClusters(input, owners, bitmap);
  }
}

/** Entries of a bitmap's table that are read at once. */
const BITMAP_BATCH = 65_536;

async function claimBitmapClusters(input: ClaimInput, owners: Owners, bitmap: Bitmap): Promise<void> {
  const { clusterSize } = input.geometry;
  const kind = bitmapClusterKind(input, bitmap);
  for (let first = 0; first < bitmap.tableEntries; first += BITMAP_BATCH) {
    const count = Math.min(BITMAP_BATCH, bitmap.tableEntries - first);
    const table = await readPointerTable(input, bitmap.tableOffset + 8 * first, count, 56);
    if (table.length === 0) return;
    for (let index = 0; index < table.length; index++) {
      const high = table.high(index);
      const low = table.low(index);
      if (high === 0 && (low === 0 || low === 1)) continue;
      const target = entryOffset(high, low);
      if ((high & ~0x00ff_ffff) !== 0 || (low & (clusterSize - 1)) !== 0)
        owners.odd(kind, first + index, high, low);
      if (target !== 0 && target % clusterSize === 0)
        owners.range(kind, fileOffset(target), clusterSize, first + index);
    }
  }
}
