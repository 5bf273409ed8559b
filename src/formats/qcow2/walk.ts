import { RefcountTableEntry } from '../../../generated/qcow2.ts';
import { fileOffset } from '../../io/source.ts';
import type { Owners, WalkListeners } from '../../model/owners.ts';
import type { Place } from '../../model/problem.ts';
import type { Qcow2Findings } from './findings.ts';
import type { Qcow2Layout, Qcow2Walk } from './image.ts';
import { isClusterStart } from './layout/geometry.ts';
import { claimBitmaps } from './walk/bitmaps.ts';
import { ClusterClaims, scanTables, settling } from './walk/clusters.ts';
import { refcountBlockKind, refcountEntryPlace, structureKind } from './walk/fixed-kinds.ts';
import { activeKinds } from './walk/kinds.ts';
import { activeTables, trustedL1, trustedRefcountTable } from './walk/occupied.ts';
import { OddEntry } from './walk/odd-entry.ts';
import { activeTree } from './walk/places.ts';
import { claimPointers, claimTable, isOddL1, isOddRefcount } from './walk/pointers.ts';
import { claimSnapshotData, claimSnapshotTables } from './walk/snapshots.ts';
import { TreeEntries } from './walk/tree-entries.ts';

type Listeners = WalkListeners<Qcow2Findings>;

/**
 * Tells the owners every range of the image's file that the format uses: structures first, then tables, guest data
 * last; and what is odd about the tables' entries.
 */
export async function walkImage(layout: Qcow2Layout, listeners: Listeners): Promise<Qcow2Walk> {
  claimStructures(layout, listeners);
  claimRefcountBlocks(layout, listeners);
  const { owners, findings } = listeners;
  const tree = activeTree(trustedL1(layout));
  const kinds = activeKinds(layout, tree);
  const entries = new TreeEntries(layout, tree, findings);
  const tellL1 = entries.l1.bind(entries);
  claimPointers(layout.geometry, owners, tree.l1, kinds.l2Table, { isOdd: isOddL1, tell: tellL1 });
  const snapshots = await claimSnapshotTables(layout, listeners);
  await claimBitmaps(layout, listeners);
  const claims = new ClusterClaims(layout, owners, kinds, entries);
  const walk = await claimActive(layout, claims, owners);
  await claimSnapshotData(layout, listeners, snapshots);
  return walk;
}

function claimStructures(layout: Qcow2Layout, { owners }: Listeners): void {
  const { file, header, geometry, l1, refcountTable, snapshots, bitmaps, luks, extensions } = layout;
  const claim = (name: string, at: Place, offset: number, bytes: number): void =>
    claimTable(geometry, owners, structureKind(name, at), { offset, bytes });
  const extension = (field: string): Place => ({ file, offset: extensions.start, length: 8, field });
  const headerKind = structureKind('header', { file, offset: 0, length: null, field: 'header' });
  owners.range(headerKind, fileOffset(0), geometry.clusterSize, 0);
  claim('refcount table', header.at('refcount_table_offset'), refcountTable.offset, 8 * refcountTable.length);
  claim('L1 table', header.at('l1_table_offset'), l1.offset, 8 * l1.length);
  claim('snapshot table', header.at('snapshots_offset'), snapshots.offset, snapshots.length);
  if (bitmaps !== null && layout.hasValidBitmaps) {
    const at = extension('bitmaps_extension.bitmap_directory_offset');
    claim('bitmap directory', at, bitmaps.offset, bitmaps.length);
  }
  if (luks !== null)
    claim('encryption header', extension('encryption_extension.offset'), luks.offset, luks.length);
}

function claimRefcountBlocks(layout: Qcow2Layout, { owners, findings }: Listeners): void {
  const { file, geometry } = layout;
  const table = trustedRefcountTable(layout);
  claimPointers(geometry, owners, table, refcountBlockKind(layout, table), {
    isOdd: isOddRefcount,
    tell(index, high, low) {
      const entry = new OddEntry(findings, refcountEntryPlace(file, table, index), [high, low]);
      RefcountTableEntry.decode(entry.bytes(), entry.sink);
      const target = (BigInt(high >>> 0) << 32n) | BigInt((low & 0xffff_fe00) >>> 0);
      if (!isClusterStart(target, geometry.clusterSize))
        entry.tellUnaligned('qcow2/reftable-entry-unaligned', String(target), geometry.clusterSize);
    },
  });
}

async function claimActive(layout: Qcow2Layout, claims: ClusterClaims, owners: Owners): Promise<Qcow2Walk> {
  const { emptyTables } = claims.walk;
  const afterTable = (index: number, used: number): void => {
    if (used === 0) emptyTables.push(index);
  };
  await scanTables(layout, activeTables(layout), claims, { afterTable, ...settling(owners) });
  claims.tellAllocation();
  return claims.walk;
}
