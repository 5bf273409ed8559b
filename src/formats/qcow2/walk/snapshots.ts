import type { WalkListeners } from '../../../model/owners.ts';
import type { Qcow2Findings } from '../findings.ts';
import type { Qcow2Layout } from '../image.ts';
import { MAX_L1_ENTRIES } from '../layout/geometry.ts';
import { readPointerTable, selectDisjoint } from '../layout/pointer-reader.ts';
import { tableOffsets } from '../layout/pointer-table.ts';
import type { Snapshot } from '../layout/snapshots.ts';
import { ClusterClaims, scanTables, settling } from './clusters.ts';
import { snapshotL1Kind } from './fixed-kinds.ts';
import { sharedKinds, snapshotKinds, type TreeKinds } from './kinds.ts';
import { OccupiedClusters } from './occupied.ts';
import { OffsetCounts } from './offset-counts.ts';
import type { Tree } from './places.ts';
import { claimPointers, claimTable, isOddL1 } from './pointers.ts';
import { TreeEntries } from './tree-entries.ts';

type Listeners = WalkListeners<Qcow2Findings>;

/** A snapshot's tree, with the L2 tables that no snapshot before it has. */
export interface SnapshotTree {
  readonly tree: Tree;
  readonly entries: TreeEntries;
  /** By L1 entry; 0 where there is none. */
  readonly offsets: Float64Array;
}

/** Claims the snapshots' L1 and L2 tables. */
export async function claimSnapshotTables(
  layout: Qcow2Layout,
  { owners, findings }: Listeners,
): Promise<readonly SnapshotTree[]> {
  const { geometry, snapshots } = layout;
  const regions = snapshots.entries.map(({ l1Offset, l1Entries }) => ({
    start: l1Offset,
    length: 8 * l1Entries,
  }));
  const l1Kind = snapshotL1Kind(layout);
  const trees: SnapshotTree[] = [];
  for (const snapshot of snapshots.entries) {
    const { l1Offset: offset, l1Entries, index } = snapshot;
    if (isInBounds(layout, snapshot))
      claimTable(geometry, owners, l1Kind, { offset, bytes: 8 * l1Entries, index });
  }
  const occupied = new OccupiedClusters(layout);
  for (const index of selectDisjoint(geometry, regions)) {
    const snapshot = snapshots.entries[index];
    if (snapshot === undefined || !isInBounds(layout, snapshot)) continue;
    if (occupied.meets(snapshot.l1Offset, snapshot.l1Offset + 8 * snapshot.l1Entries)) continue;
    const l1 = await readPointerTable(layout, snapshot.l1Offset, snapshot.l1Entries, 56);
    const tree: Tree = { l1, prefix: `snapshots[${snapshot.index}].`, within: snapshot.label };
    const entries = new TreeEntries(layout, tree, findings);
    const odd = { isOdd: isOddL1, tell: entries.l1.bind(entries) };
    claimPointers(geometry, owners, l1, snapshotKinds(layout, tree, 1).l2Table, odd);
    const offsets = tableOffsets(geometry, l1);
    occupied.leaveOut(offsets);
    trees.push({ tree, entries, offsets });
  }
  return trees;
}

/**
 * Whether a snapshot's L1 table is wholly in the file and of a size that there is; of any other nothing can be made.
 */
function isInBounds({ geometry }: Qcow2Layout, { l1Offset, l1Entries }: Snapshot): boolean {
  return l1Entries <= MAX_L1_ENTRIES && l1Offset + 8 * l1Entries <= geometry.limit;
}

/** Claims what the snapshots' L2 tables point to. A table that several share is read once and counts for all. */
export async function claimSnapshotData(
  layout: Qcow2Layout,
  { owners }: Listeners,
  trees: readonly SnapshotTree[],
): Promise<void> {
  if (trees.length === 0) return;
  const active = new OffsetCounts(tableOffsets(layout.geometry, layout.l1));
  const all = new OffsetCounts(concatenate(trees.map(({ offsets }) => offsets)));
  const isRead = new Uint8Array(all.size);
  for (const { tree, entries, offsets } of trees) {
    leaveOutRead(offsets, all, isRead);
    const kindsOf = rememberKinds((weight, isShared) =>
      isShared ? sharedKinds(layout, tree, weight) : snapshotKinds(layout, tree, weight),
    );
    const claims = new ClusterClaims(layout, owners, kindsOf(1, false), entries);
    const beforeTable = (index: number): void => {
      const offset = offsets[index] ?? 0;
      const isShared = active.find(offset) >= 0;
      claims.kinds = kindsOf(all.count(all.find(offset)), isShared);
      claims.entries = isShared ? null : entries;
    };
    await scanTables(layout, offsets, claims, { beforeTable, ...settling(owners) });
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
