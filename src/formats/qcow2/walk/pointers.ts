import { fileOffset } from '../../../io/source.ts';
import type { Owners, RegionKind } from '../../../model/owners.ts';
import { roundUp, type Geometry } from '../layout/geometry.ts';
import { isCluster, type PointerTable } from '../layout/pointer-table.ts';

/** Which entries of a table are not plain, their position aside, and what to do with them. */
export interface OddPointers {
  readonly isOdd: (high: number, low: number, misaligned: number) => boolean;
  readonly tell: (index: number, high: number, low: number) => void;
}

/** Whether an L1 entry is not plain. */
export function isOddL1(high: number, low: number, misaligned: number): boolean {
  return (high & 0x7f00_0000) !== 0 || (low & misaligned) !== 0;
}

/** Whether a refcount table entry is not plain. */
export function isOddRefcount(_high: number, low: number, misaligned: number): boolean {
  return (low & misaligned) !== 0;
}

/** Claims the clusters that a table points to, and hands on the entries that are not plain. */
export function claimPointers(
  { clusterSize }: Geometry,
  owners: Owners,
  table: PointerTable,
  kind: RegionKind,
  { isOdd, tell }: OddPointers,
): void {
  for (let index = 0; index < table.used; index++) {
    const high = table.high(index);
    const low = table.low(index);
    if ((high | low) === 0) continue;
    if (isOdd(high, low, clusterSize - 1)) tell(index, high, low);
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
