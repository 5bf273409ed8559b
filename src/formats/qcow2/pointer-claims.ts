import { fileOffset } from '../../io/source.ts';
import type { Owners, RegionKind } from '../../model/owners.ts';
import { roundUp, type Geometry } from './geometry.ts';
import { isCluster, type PointerTable } from './pointer-table.ts';

/** Whether an entry of a table is not plain, its position aside. */
export type IsOdd = (high: number, low: number, misaligned: number) => boolean;

/** As `IsOdd`, for L1 entries. */
export const isOddL1: IsOdd = (high, low, misaligned) =>
  (high & 0x7f00_0000) !== 0 || (low & misaligned) !== 0;

/** As `IsOdd`, for refcount table entries. */
export const isOddRefcount: IsOdd = (_high, low, misaligned) => (low & misaligned) !== 0;

/** Claims the clusters that a table points at, and hands on the entries that are not plain. */
export function claimPointers(
  { clusterSize }: Geometry,
  owners: Owners,
  table: PointerTable,
  kind: RegionKind,
  isOdd: IsOdd,
): void {
  for (let index = 0; index < table.used; index++) {
    const high = table.high(index);
    const low = table.low(index);
    if ((high | low) === 0) continue;
    if (isOdd(high, low, clusterSize - 1)) owners.odd(kind, index, high, low);
    const target = table.target(index);
    if (target !== 0 && table.isAligned(index, clusterSize))
      owners.range(kind, fileOffset(target), clusterSize, index);
  }
}

/** Claims the clusters of a table of 64-bit entries, as far as they are in the file. */
export function claimTable(
  { clusterSize, limit }: Geometry,
  owners: Owners,
  kind: RegionKind,
  table: { readonly offset: number; readonly bytes: number; readonly index?: number },
): void {
  const { offset, bytes, index = 0 } = table;
  if (bytes === 0 || !isCluster({ clusterSize, limit }, offset)) return;
  const end = Math.min(offset + roundUp(bytes, clusterSize), limit);
  owners.range(kind, fileOffset(offset), end - offset, index);
}
