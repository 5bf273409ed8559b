import type { RegionKind, RegionRule } from '../../model/owners.ts';
import type { Place } from '../../model/problem.ts';
import { bitmapPlace, type Bitmap } from './bitmaps.ts';
import { explainBitmapTable, explainRefcountTable, type OddEntry } from './entries.ts';
import { positionText } from './geometry.ts';
import { headerPlace, type HeaderField } from './places.ts';
import type { PointerTable } from './pointer-table.ts';
import { bitmapTableEntry } from './rules/bitmaps.ts';
import { metadataOverlap } from './rules/locations.ts';
import { reftableEntryDuplicate, reftableEntryOutOfFile } from './rules/refcounts.ts';
import { snapshotPlace, type Snapshot } from './snapshots.ts';
import type { Header } from '../../../generated/qcow2.ts';
import type { TreeInput } from './trees.ts';

const OVERLAP = {
  duplicate: metadataOverlap,
  overlap: metadataOverlap,
  inMetadata: metadataOverlap,
} as const;

/** A structure that a header field places. */
export function headerKind(
  { file }: TreeInput,
  header: Header,
  name: string,
  field: HeaderField | null,
): RegionKind {
  const at: Place =
    field === null ? { file, offset: 0, length: null, field: name } : headerPlace(file, header, field);
  return { name, role: 'fixed', rules: OVERLAP, locate: () => ({ at, guestOffset: null, actual: null }) };
}

/** A structure that a header extension places. */
export function extensionKind({ file }: TreeInput, name: string, field: string, offset: number): RegionKind {
  const at: Place = { file, offset, length: 8, field };
  return { name, role: 'fixed', rules: OVERLAP, locate: () => ({ at, guestOffset: null, actual: null }) };
}

/** Refcount blocks, indexed by refcount table entry. */
export function refcountBlockKind(input: TreeInput, table: PointerTable): RegionKind {
  const entryAt = (index: number): Place => ({
    ...{ file: input.file, offset: table.entryOffset(index), length: 8, field: `refcount_table[${index}]` },
  });
  return {
    name: 'refcount block',
    role: 'table',
    rules: { ...OVERLAP, pastEnd: reftableEntryOutOfFile, duplicate: reftableEntryDuplicate },
    locate: (index) => ({ at: entryAt(index), guestOffset: null, actual: table.text(index) }),
    explain: (index, high, low, problems) =>
      explainRefcountTable({ at: entryAt(index), guestOffset: null, high, low }, input, problems),
  };
}

/** L1 tables of snapshots, indexed by snapshot. */
export function snapshotL1Kind({ file }: TreeInput, snapshots: readonly Snapshot[]): RegionKind {
  return {
    name: 'L1 table',
    role: 'table',
    rules: OVERLAP,
    locate: (index) => {
      const snapshot = snapshots[index];
      const at =
        snapshot === undefined
          ? { file, offset: null, length: null, field: 'snapshots' }
          : snapshotPlace(file, snapshot, 'l1_table_offset');
      return {
        at,
        guestOffset: null,
        actual: snapshot === undefined ? null : String(snapshot.entry.l1TableOffset),
      };
    },
  };
}

/** Tables of bitmaps, indexed by bitmap. */
export function bitmapTableKind({ file }: TreeInput, bitmaps: readonly Bitmap[]): RegionKind {
  return {
    name: 'bitmap table',
    role: 'table',
    rules: OVERLAP,
    locate: (index) => {
      const bitmap = bitmaps[index];
      const at =
        bitmap === undefined
          ? { file, offset: null, length: null, field: 'bitmap_directory' }
          : bitmapPlace(file, bitmap, 'bitmap_table_offset');
      return {
        at,
        guestOffset: null,
        actual: bitmap === undefined ? null : String(bitmap.entry.bitmapTableOffset),
      };
    },
  };
}

/** The ownership map's side of the rule: a cluster of a bitmap behind the end of the file. */
const bitmapPastEnd: RegionRule = {
  ...bitmapTableEntry,
  report: ({ data: { region, start, limit }, ...finding }) =>
    bitmapTableEntry.report({
      ...finding,
      data: `${region} should begin at byte ${positionText(start)}, but the file ends at byte ${limit}`,
    }),
};

/** Clusters of one bitmap, indexed by entry of its table. */
export function bitmapClusterKind(input: TreeInput, bitmap: Bitmap): RegionKind {
  const entry = (index: number, high: number, low: number): OddEntry => ({
    at: {
      file: input.file,
      offset: bitmap.tableOffset + 8 * index,
      length: 8,
      field: `bitmap_tables[${bitmap.index}][${index}]`,
    },
    guestOffset: null,
    high,
    low,
  });
  return {
    name: 'bitmap cluster',
    role: 'table',
    rules: { ...OVERLAP, pastEnd: bitmapPastEnd },
    locate: (index) => ({ at: entry(index, 0, 0).at, guestOffset: null, actual: null }),
    explain: (index, high, low, problems) => explainBitmapTable(entry(index, high, low), input, problems),
  };
}
