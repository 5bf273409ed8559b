import type { RegionKind } from '../../../model/owners.ts';
import type { Place } from '../../../model/problem.ts';
import type { Qcow2Layout } from '../image.ts';
import type { PointerTable } from '../layout/pointer-table.ts';
import type { KindRules } from './kinds.ts';

const OVERLAP = {
  duplicate: 'qcow2/metadata-overlap',
  overlap: 'qcow2/metadata-overlap',
  inMetadata: 'qcow2/metadata-overlap',
} as const satisfies KindRules;
const BLOCK_RULES = {
  ...OVERLAP,
  pastEnd: 'qcow2/reftable-entry-out-of-file',
  duplicate: 'qcow2/reftable-entry-duplicate',
} as const satisfies KindRules;
const BITMAP_RULES = { ...OVERLAP, pastEnd: 'qcow2/bitmap-table-entry' } as const satisfies KindRules;

/** A structure that a field of the header or of a header extension places. */
export function structureKind(name: string, at: Place): RegionKind {
  return { name, role: 'fixed', rules: OVERLAP, locate: () => ({ at, guestOffset: null, actual: null }) };
}

/** Refcount blocks, indexed by refcount table entry. */
export function refcountBlockKind({ file }: Qcow2Layout, table: PointerTable): RegionKind {
  return {
    name: 'refcount block',
    role: 'table',
    rules: BLOCK_RULES,
    locate: (index) => ({
      at: refcountEntryPlace(file, table, index),
      guestOffset: null,
      actual: table.text(index),
    }),
  };
}

/** Where an entry of the refcount table is. */
export function refcountEntryPlace(file: Place['file'], table: PointerTable, index: number): Place {
  return { file, offset: table.entryOffset(index), length: 8, field: `refcount_table[${index}]` };
}

/** L1 tables of snapshots, indexed by snapshot. */
export function snapshotL1Kind({ file, snapshots }: Qcow2Layout): RegionKind {
  return tableKind('L1 table', { file, offset: null, length: null, field: 'snapshots' }, (index) => {
    const entry = snapshots.entries[index]?.entry;
    return entry && { at: entry.at('l1_table_offset'), position: entry.fields.l1TableOffset };
  });
}

/** Tables of bitmaps, indexed by bitmap. */
export function bitmapTableKind({ file, bitmaps }: Qcow2Layout): RegionKind {
  return tableKind(
    'bitmap table',
    { file, offset: null, length: null, field: 'bitmap_directory' },
    (index) => {
      const entry = bitmaps?.entries[index]?.entry;
      return entry && { at: entry.at('bitmap_table_offset'), position: entry.fields.bitmapTableOffset };
    },
  );
}

/** Tables that entries of a directory place; `whole` is where the directory is. */
function tableKind(
  name: string,
  whole: Place,
  find: (index: number) => { readonly at: Place; readonly position: bigint } | undefined,
): RegionKind {
  return {
    name,
    role: 'table',
    rules: OVERLAP,
    locate(index) {
      const found = find(index);
      return { at: found?.at ?? whole, guestOffset: null, actual: found ? String(found.position) : null };
    },
  };
}

/** Clusters of one bitmap, indexed by entry of its table; `placeOf` says where that is. */
export function bitmapClusterKind(placeOf: (index: number) => Place): RegionKind {
  return {
    name: 'bitmap cluster',
    role: 'table',
    rules: BITMAP_RULES,
    locate: (index) => ({ at: placeOf(index), guestOffset: null, actual: null }),
  };
}
