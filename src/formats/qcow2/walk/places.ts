import type { Place } from '../../../model/problem.ts';
import type { Qcow2Layout } from '../image.ts';
import type { PointerTable } from '../layout/pointer-table.ts';

/** An L1 table with the L2 tables below it. */
export interface Tree {
  readonly l1: PointerTable;
  /** First part of field paths: empty for the active tree, `snapshots[2].` for that of a snapshot. */
  readonly prefix: string;
  /** The snapshot that it belongs to, as messages name it; `null` for the active tree. */
  readonly within: string | null;
}

/** The active tree with the L1 table `l1`. */
export function activeTree(l1: PointerTable): Tree {
  return { l1, prefix: '', within: null };
}

/** Where an L1 entry is. */
export function l1EntryPlace({ file }: Qcow2Layout, { l1, prefix }: Tree, index: number): Place {
  return { file, offset: l1.entryOffset(index), length: 8, field: `${prefix}l1[${index}]` };
}

/** Where an L2 entry is; `index` counts guest clusters. */
export function l2EntryPlace({ file, geometry }: Qcow2Layout, { l1, prefix }: Tree, index: number): Place {
  const { l2Entries, l2EntryBytes } = geometry;
  const table = Math.floor(index / l2Entries);
  const slot = index % l2Entries;
  return {
    file,
    offset: l1.target(table) + slot * l2EntryBytes,
    length: 8,
    field: `${prefix}l2[${table}][${slot}]`,
  };
}
