import type { Header } from '../../../generated/qcow2.ts';
import { fileOffset } from '../../io/source.ts';
import type { Owners, RegionKind } from '../../model/owners.ts';
import type { Bitmap, BitmapDirectory } from './bitmaps.ts';
import type { ExtensionList } from './extensions.ts';
import {
  bitmapClusterKind,
  bitmapTableKind,
  extensionKind,
  headerKind,
  refcountBlockKind,
  snapshotL1Kind,
} from './fixed-kinds.ts';
import { roundUp } from './geometry.ts';
import { entryOffset } from './l2-scan.ts';
import type { LuksArea } from './luks.ts';
import { keepFirst, OffsetCounts } from './offset-counts.ts';
import { isCluster, tableOffsets, type PointerTable } from './pointer-table.ts';
import { readPointerTable, selectDisjoint } from './pointer-reader.ts';
import type { SnapshotTable } from './snapshots.ts';
import { ClusterClaims, finishScan, scanTables, type ActiveScan } from './tree-walk.ts';
import {
  activeKinds,
  sharedKinds,
  snapshotKinds,
  type Tree,
  type TreeInput,
  type TreeKinds,
} from './trees.ts';

/** Everything of an image that places regions in its file. */
export interface ClaimInput extends TreeInput {
  readonly header: Header;
  readonly extensions: ExtensionList;
  readonly l1: PointerTable;
  readonly refcountTable: PointerTable;
  readonly snapshots: SnapshotTable;
  readonly bitmaps: BitmapDirectory | null;
  /** Whether the bitmaps are in force; stale ones own nothing. */
  readonly hasValidBitmaps: boolean;
  readonly luks: LuksArea | null;
}

/** Tells `owners` every range of the image's file that the format uses: structures first, then tables, guest data last. */
export async function claimImage(input: ClaimInput, owners: Owners): Promise<ActiveScan> {
  claimStructures(input, owners);
  claimPointers(
    input,
    owners,
    input.refcountTable,
    refcountBlockKind(input, input.refcountTable),
    isOddRefcount,
  );
  const active: Tree = { l1: input.l1, prefix: '' };
  const kinds = activeKinds(input, active);
  claimPointers(input, owners, input.l1, kinds.l2Table, isOddL1);
  const snapshots = await claimSnapshotTables(input, owners);
  await claimBitmaps(input, owners);
  const scan = await claimActive(input, owners, kinds);
  await claimSnapshotData(input, owners, snapshots);
  return scan;
}

function claimStructures(input: ClaimInput, owners: Owners): void {
  const { header, geometry, l1, refcountTable, snapshots, bitmaps, luks, extensions } = input;
  const { clusterSize } = geometry;
  const claim = (kind: RegionKind, offset: number, length: number): void => {
    if (!isCluster(geometry, offset) || length === 0) return;
    const end = Math.min(offset + roundUp(length, clusterSize), geometry.limit);
    owners.range(kind, fileOffset(offset), end - offset, 0);
  };
  owners.range(headerKind(input, header, 'header', null), fileOffset(0), clusterSize, 0);
  claim(
    headerKind(input, header, 'refcount table', 'refcount_table_offset'),
    refcountTable.offset,
    8 * refcountTable.length,
  );
  claim(headerKind(input, header, 'L1 table', 'l1_table_offset'), l1.offset, 8 * l1.length);
  claim(headerKind(input, header, 'snapshot table', 'snapshots_offset'), snapshots.offset, snapshots.length);
  if (bitmaps !== null && input.hasValidBitmaps)
    claim(
      extensionKind(input, 'bitmap directory', 'bitmaps_extension.bitmap_directory_offset', extensions.start),
      bitmaps.offset,
      bitmaps.length,
    );
  if (luks !== null)
    claim(
      extensionKind(input, 'encryption header', 'encryption_extension.offset', extensions.start),
      luks.offset,
      luks.length,
    );
}

type IsOdd = (high: number, low: number, misaligned: number) => boolean;

const isOddL1: IsOdd = (high, low, misaligned) => (high & 0x7f00_0000) !== 0 || (low & misaligned) !== 0;
const isOddRefcount: IsOdd = (_high, low, misaligned) => (low & misaligned) !== 0;

/** Claims the clusters that a table points at, and hands on the entries that are not plain. */
function claimPointers(
  { geometry }: TreeInput,
  owners: Owners,
  table: PointerTable,
  kind: RegionKind,
  isOdd: IsOdd,
): void {
  const { clusterSize } = geometry;
  for (let index = 0; index < table.length; index++) {
    const high = table.high(index);
    const low = table.low(index);
    if ((high | low) === 0) continue;
    if (isOdd(high, low, clusterSize - 1)) owners.odd(kind, index, high, low);
    const target = table.target(index);
    if (target !== 0 && table.isAligned(index, clusterSize))
      owners.range(kind, fileOffset(target), clusterSize, index);
  }
}

async function claimActive(input: ClaimInput, owners: Owners, kinds: TreeKinds): Promise<ActiveScan> {
  const claims = new ClusterClaims(input, owners, kinds);
  const { emptyTables } = claims.scan;
  const afterTable = (index: number, used: number): void => {
    if (used === 0) emptyTables.push(index);
  };
  await finishScan(scanTables(input, activeTables(input), claims, { afterTable }));
  claims.tellAllocation();
  return claims.scan;
}

/** The L2 tables of the active tree, each once. */
export function activeTables({ geometry, l1 }: Pick<ClaimInput, 'geometry' | 'l1'>): Float64Array {
  const offsets = tableOffsets(geometry, l1);
  keepFirst(offsets);
  return offsets;
}

/** A snapshot's tree, with the L2 tables that no snapshot before it has. */
interface SnapshotTree {
  readonly tree: Tree;
  readonly label: string;
  /** By L1 entry; 0 where there is none. */
  readonly offsets: Float64Array;
}

/** Claims the snapshots' L1 and L2 tables. */
async function claimSnapshotTables(input: ClaimInput, owners: Owners): Promise<readonly SnapshotTree[]> {
  const { geometry, snapshots } = input;
  const regions = snapshots.entries.map(({ l1Offset, l1Entries }) => ({
    start: l1Offset,
    length: 8 * l1Entries,
  }));
  const l1Kind = snapshotL1Kind(input, snapshots.entries);
  const trees: SnapshotTree[] = [];
  for (const snapshot of snapshots.entries) {
    if (!isCluster(geometry, snapshot.l1Offset) || snapshot.l1Entries === 0) continue;
    const length = roundUp(8 * snapshot.l1Entries, geometry.clusterSize);
    const end = Math.min(snapshot.l1Offset + length, geometry.limit);
    owners.range(l1Kind, fileOffset(snapshot.l1Offset), end - snapshot.l1Offset, snapshot.index);
  }
  for (const index of selectDisjoint(geometry, regions)) {
    const snapshot = snapshots.entries[index];
    if (snapshot === undefined) continue;
    const l1 = await readPointerTable(input, snapshot.l1Offset, snapshot.l1Entries, 56);
    const tree: Tree = { l1, prefix: `snapshots[${snapshot.index}].` };
    claimPointers(input, owners, l1, snapshotKinds(input, tree, snapshot.label, 1).l2Table, isOddL1);
    trees.push({ tree, label: snapshot.label, offsets: tableOffsets(geometry, l1) });
  }
  return trees;
}

/** Claims what the snapshots' L2 tables point at. A table that several share is read once and counts for all. */
async function claimSnapshotData(
  input: ClaimInput,
  owners: Owners,
  trees: readonly SnapshotTree[],
): Promise<void> {
  if (trees.length === 0) return;
  const active = new OffsetCounts(tableOffsets(input.geometry, input.l1));
  const all = new OffsetCounts(concatenate(trees.map(({ offsets }) => offsets)));
  const isRead = new Uint8Array(all.size);
  for (const { tree, label, offsets } of trees) {
    const kinds = new Map<string, TreeKinds>();
    for (const [index, offset] of offsets.entries()) {
      const rank = all.find(offset);
      if (rank < 0) continue;
      if (isRead[rank] === 1) offsets[index] = 0;
      isRead[rank] = 1;
    }
    const kindsFor = (offset: number): TreeKinds => {
      const weight = all.count(all.find(offset));
      const isShared = active.find(offset) >= 0;
      const key = `${weight}${isShared ? ' shared' : ''}`;
      const made =
        kinds.get(key) ??
        (isShared ? sharedKinds(input, tree, weight) : snapshotKinds(input, tree, label, weight));
      kinds.set(key, made);
      return made;
    };
    const claims = new ClusterClaims(input, owners, snapshotKinds(input, tree, label, 1));
    const beforeTable = (index: number): void => {
      claims.kinds = kindsFor(offsets[index] ?? 0);
    };
    await finishScan(scanTables(input, offsets, claims, { beforeTable }));
  }
}

function concatenate(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Claims the tables and clusters of the bitmaps. */
async function claimBitmaps(input: ClaimInput, owners: Owners): Promise<void> {
  const { geometry, bitmaps, hasValidBitmaps } = input;
  if (bitmaps === null || !hasValidBitmaps) return;
  const kind = bitmapTableKind(input, bitmaps.entries);
  const regions = bitmaps.entries.map(({ tableOffset, tableEntries }) => ({
    start: tableOffset,
    length: 8 * tableEntries,
  }));
  for (const { tableOffset, tableEntries, index } of bitmaps.entries) {
    if (!isCluster(geometry, tableOffset) || tableEntries === 0) continue;
    const end = Math.min(tableOffset + roundUp(8 * tableEntries, geometry.clusterSize), geometry.limit);
    owners.range(kind, fileOffset(tableOffset), end - tableOffset, index);
  }
  for (const index of selectDisjoint(geometry, regions)) {
    const bitmap = bitmaps.entries[index];
    if (bitmap !== undefined) await claimBitmapClusters(input, owners, bitmap);
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
