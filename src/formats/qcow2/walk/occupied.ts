import type { Qcow2Layout } from '../image.ts';
import { neededL1Entries, roundUp, type Geometry } from '../layout/geometry.ts';
import { keepFirst, OffsetCounts } from './offset-counts.ts';
import { tableOffsets, type PointerTable } from '../layout/pointer-table.ts';

// Where two structures share a cluster, at most one of them is intact. That they do is a finding; what the bytes
// would say if they were read as the wrong one of the two is none. So a check reads neither, as far as they share it.
// (Commands that read guest data do read.)

/** Structures that have tables below them. */
type Branch = 'l1' | 'refcount-table' | 'refcount-blocks';

/**
 * The clusters of the structures that all others depend on: header, refcount table and blocks, active L1 table,
 * snapshot table, bitmap directory, encryption header.
 */
export class OccupiedClusters {
  readonly #geometry: Geometry;
  readonly #ranges: readonly (readonly [start: number, end: number])[];
  readonly #blocks: OffsetCounts | null;

  /** @param without structures to leave out of the set: those that it serves to judge */
  constructor(layout: Qcow2Layout, without: readonly Branch[] = []) {
    const { geometry, refcountTable, l1, snapshots, bitmaps, luks } = layout;
    const { clusterSize } = geometry;
    this.#geometry = geometry;
    const areas = [
      { offset: snapshots.offset, length: snapshots.length },
      { offset: bitmaps?.offset ?? 0, length: layout.hasValidBitmaps ? (bitmaps?.length ?? 0) : 0 },
      { offset: luks?.offset ?? 0, length: luks?.length ?? 0 },
    ];
    if (!without.includes('l1')) areas.push(areaOf(l1));
    if (!without.includes('refcount-table')) areas.push(areaOf(refcountTable));
    const ranges = areas
      .filter(({ offset, length }) => offset > 0 && length > 0)
      .map(({ offset, length }) => [offset, roundUp(offset + length, clusterSize)] as const);
    this.#ranges = [[0, clusterSize], ...ranges];
    this.#blocks = without.includes('refcount-blocks')
      ? null
      : new OffsetCounts(tableOffsets(geometry, refcountTable));
  }

  /** Whether a cluster of the bytes `start` to `end` is one of them; `start` is where a cluster begins. */
  meets(start: number, end: number): boolean {
    if (this.#ranges.some(([from, to]) => from < end && start < to)) return true;
    if (this.#blocks === null) return false;
    const { clusterSize } = this.#geometry;
    for (let cluster = start; cluster < end; cluster += clusterSize)
      if (this.#blocks.find(cluster) >= 0) return true;
    return false;
  }

  /** Sets those of the tables, a cluster each, to 0 that overlap one of them. */
  leaveOut(tables: Float64Array): void {
    for (const [index, offset] of tables.entries())
      if (offset !== 0 && this.meets(offset, offset + this.#geometry.clusterSize)) tables[index] = 0;
  }
}

function areaOf({ offset, length }: PointerTable): { readonly offset: number; readonly length: number } {
  return { offset, length: 8 * length };
}

/** What of each active L1 table and each refcount table can be one. */
const trustedTables = new WeakMap<PointerTable, PointerTable>();

/** The active L1 table, as far as it can be one. */
export function trustedL1(layout: Qcow2Layout): PointerTable {
  const { l1, geometry } = layout;
  const known = trustedTables.get(l1);
  if (known !== undefined) return known;
  const needed = neededL1Entries(geometry, geometry.size);
  const found = trusted(l1, needed, geometry, new OccupiedClusters(layout, ['l1']));
  trustedTables.set(l1, found);
  return found;
}

/** The refcount table, as far as it can be one. */
export function trustedRefcountTable(layout: Qcow2Layout): PointerTable {
  const { refcountTable, geometry } = layout;
  const known = trustedTables.get(refcountTable);
  if (known !== undefined) return known;
  const needed = Math.ceil(geometry.limit / geometry.clusterSize / geometry.blockEntries);
  const occupied = new OccupiedClusters(layout, ['refcount-table', 'refcount-blocks']);
  const found = trusted(refcountTable, needed, geometry, occupied);
  trustedTables.set(refcountTable, found);
  return found;
}

/**
 * The entries of a table that can be trusted: none where those that are needed overlap another structure; only those
 * that are needed where the entries after them do, or overlap the tables that the first ones point to: then the size
 * of the table is what is wrong.
 */
function trusted(
  table: PointerTable,
  needed: number,
  geometry: Geometry,
  occupied: OccupiedClusters,
): PointerTable {
  if (table.length === 0) return table;
  const end = table.offset + 8 * table.length;
  const neededEnd = Math.min(end, table.offset + 8 * needed);
  if (occupied.meets(table.offset, neededEnd)) return table.first(0);
  const excess = roundUp(neededEnd, geometry.clusterSize);
  if (excess >= end) return table;
  const first = table.first(needed);
  const isForeign = tableOffsets(geometry, first).some((target) => target >= excess && target < end);
  return isForeign || occupied.meets(excess, end) ? first : table;
}

/** The L2 tables of the active tree that can be read as such, each once, by L1 entry. */
export function activeTables(layout: Qcow2Layout): Float64Array {
  const offsets = tableOffsets(layout.geometry, trustedL1(layout));
  keepFirst(offsets);
  new OccupiedClusters(layout).leaveOut(offsets);
  return offsets;
}

/** The refcount blocks that can be read as such, each once, by refcount table entry. */
export function countBlocks(layout: Qcow2Layout, table: PointerTable): Float64Array {
  const offsets = tableOffsets(layout.geometry, table);
  keepFirst(offsets);
  new OccupiedClusters(layout, ['refcount-blocks']).leaveOut(offsets);
  const tables = new OffsetCounts(tableOffsets(layout.geometry, trustedL1(layout)));
  for (const [index, offset] of offsets.entries()) if (tables.find(offset) >= 0) offsets[index] = 0;
  return offsets;
}
