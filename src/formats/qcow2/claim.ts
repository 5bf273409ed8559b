import type { Header } from '../../../generated/qcow2.ts';
import { fileOffset } from '../../io/source.ts';
import type { Owners, RegionKind } from '../../model/owners.ts';
import { claimBitmaps } from './bitmap-claims.ts';
import type { BitmapDirectory } from './bitmaps.ts';
import type { ExtensionList } from './extensions.ts';
import { extensionKind, headerKind, refcountBlockKind } from './fixed-kinds.ts';
import type { LuksArea } from './luks.ts';
import { activeTables, trustedL1, trustedRefcountTable } from './occupied.ts';
import { claimPointers, claimTable, isOddL1, isOddRefcount } from './pointer-claims.ts';
import type { PointerTable } from './pointer-table.ts';
import { claimSnapshotData, claimSnapshotTables } from './snapshot-claims.ts';
import type { SnapshotTable } from './snapshots.ts';
import { ClusterClaims, finishScan, scanTables, type ActiveScan } from './tree-walk.ts';
import { activeKinds, type Tree, type TreeInput, type TreeKinds } from './trees.ts';

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
  const refcountTable = trustedRefcountTable(input);
  const blocks = refcountBlockKind(input, refcountTable);
  claimPointers(input.geometry, owners, refcountTable, blocks, isOddRefcount);
  const active: Tree = { l1: trustedL1(input), prefix: '' };
  const kinds = activeKinds(input, active);
  claimPointers(input.geometry, owners, active.l1, kinds.l2Table, isOddL1);
  const snapshots = await claimSnapshotTables(input, owners);
  await claimBitmaps(input, owners);
  const scan = await claimActive(input, owners, kinds);
  await claimSnapshotData(input, owners, snapshots);
  return scan;
}

function claimStructures(input: ClaimInput, owners: Owners): void {
  const { header, geometry, l1, refcountTable, snapshots, bitmaps, luks, extensions } = input;
  const { clusterSize } = geometry;
  const claim = (kind: RegionKind, offset: number, bytes: number): void =>
    claimTable(geometry, owners, kind, { offset, bytes });
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
