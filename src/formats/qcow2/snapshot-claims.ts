import type { Owners } from '../../model/owners.ts';
import type { ClaimInput } from './claim.ts';
import { snapshotL1Kind } from './fixed-kinds.ts';
import { MAX_L1_ENTRIES } from './geometry.ts';
import { OccupiedClusters } from './occupied.ts';
import { OffsetCounts } from './offset-counts.ts';
import { claimPointers, claimTable, isOddL1 } from './pointer-claims.ts';
import { readPointerTable, selectDisjoint } from './pointer-reader.ts';
import { tableOffsets } from './pointer-table.ts';
import { ClusterClaims, finishScan, scanTables } from './tree-walk.ts';
import type { Snapshot } from './snapshots.ts';
import { sharedKinds, snapshotKinds, type Tree, type TreeKinds } from './trees.ts';

/** A snapshot's tree, with the L2 tables that no snapshot before it has. */
export interface SnapshotTree {
  readonly tree: Tree;
  readonly label: string;
  /** By L1 entry; 0 where there is none. */
  readonly offsets: Float64Array;
}

/** Claims the snapshots' L1 and L2 tables. */
export async function claimSnapshotTables(
  input: ClaimInput,
  owners: Owners,
): Promise<readonly SnapshotTree[]> {
  const { geometry, snapshots } = input;
  const regions = snapshots.entries.map(({ l1Offset, l1Entries }) => ({
    start: l1Offset,
    length: 8 * l1Entries,
  }));
  const l1Kind = snapshotL1Kind(input, snapshots.entries);
  const trees: SnapshotTree[] = [];
  for (const snapshot of snapshots.entries) {
    const { l1Offset: offset, l1Entries, index } = snapshot;
    if (isInBounds(input, snapshot))
      claimTable(geometry, owners, l1Kind, { offset, bytes: 8 * l1Entries, index });
  }
  const occupied = new OccupiedClusters(input);
  for (const index of selectDisjoint(geometry, regions)) {
    const snapshot = snapshots.entries[index];
    if (snapshot === undefined || !isInBounds(input, snapshot)) continue;
    if (occupied.meets(snapshot.l1Offset, snapshot.l1Offset + 8 * snapshot.l1Entries)) continue;
    const l1 = await readPointerTable(input, snapshot.l1Offset, snapshot.l1Entries, 56);
    const tree: Tree = { l1, prefix: `snapshots[${snapshot.index}].` };
    claimPointers(geometry, owners, l1, snapshotKinds(input, tree, snapshot.label, 1).l2Table, isOddL1);
    const offsets = tableOffsets(geometry, l1);
    occupied.leaveOut(offsets);
    trees.push({ tree, label: snapshot.label, offsets });
  }
  return trees;
}

/** Whether a snapshot's L1 table is wholly in the file and of a size that there is; of any other nothing can be made. */
function isInBounds({ geometry }: ClaimInput, { l1Offset, l1Entries }: Snapshot): boolean {
  return l1Entries <= MAX_L1_ENTRIES && l1Offset + 8 * l1Entries <= geometry.limit;
}

/** Claims what the snapshots' L2 tables point at. A table that several share is read once and counts for all. */
export async function claimSnapshotData(
  input: ClaimInput,
  owners: Owners,
  trees: readonly SnapshotTree[],
): Promise<void> {
  if (trees.length === 0) return;
  const active = new OffsetCounts(tableOffsets(input.geometry, input.l1));
  const all = new OffsetCounts(concatenate(trees.map(({ offsets }) => offsets)));
  const isRead = new Uint8Array(all.size);
  for (const { tree, label, offsets } of trees) {
    leaveOutRead(offsets, all, isRead);
    const kindsOf = rememberKinds((weight, isShared) =>
      isShared ? sharedKinds(input, tree, weight) : snapshotKinds(input, tree, label, weight),
    );
    const claims = new ClusterClaims(input, owners, kindsOf(1, false));
    const beforeTable = (index: number): void => {
      const offset = offsets[index] ?? 0;
      claims.kinds = kindsOf(all.count(all.find(offset)), active.find(offset) >= 0);
    };
    await finishScan(scanTables(input, offsets, claims, { beforeTable }));
  }
}

/** Sets those tables to 0 that a tree before this one had. */
function leaveOutRead(offsets: Float64Array, all: OffsetCounts, isRead: Uint8Array): void {
  for (const [index, offset] of offsets.entries()) {
    const rank = all.find(offset);
    if (rank < 0) continue;
    if (isRead[rank] === 1) offsets[index] = 0;
    isRead[rank] = 1;
  }
}

type MakeKinds = (weight: number, isShared: boolean) => TreeKinds;

/** Makes kinds once for each number of snapshots that share a table, and whether the active tree has it too. */
function rememberKinds(make: MakeKinds): MakeKinds {
  const made = new Map<number, TreeKinds>();
  return (weight, isShared) => {
    const key = isShared ? -weight : weight;
    const kinds = made.get(key) ?? make(weight, isShared);
    made.set(key, kinds);
    return kinds;
  };
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
