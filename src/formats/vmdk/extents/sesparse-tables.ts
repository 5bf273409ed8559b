import type { MappingRuns } from '../../shared/mapping-runs.ts';
import type { SeSparseGeometry } from './sesparse-geometry.ts';
import { SLOT_TABLE_SIZE } from './sesparse-geometry.ts';
import { resolveTables, UNREADABLE_TABLE, type TableShape } from './table-shape.ts';

/** What the guest sees in a grain, by the top four bits of its entry (QEMU 7.2, block/vmdk.c, seSparse). */
export const ENTRY_TYPE = { unallocated: 0, unmapped: 1, zero: 2, allocated: 3 } as const;

/** The type of a directory entry that leads to a table. */
export const TABLE_ENTRY = 1;

/** The grain tables of a seSparse extent, whose 64-bit entries hold slots. */
export interface SlotTables extends TableShape, SeSparseGeometry {}

/** Byte position of the table of each directory entry; entries of other kinds and tables outside their area cannot be read. */
export function slotTableOffsets(
  directory: Uint32Array,
  { tablesOffset, tableSlots }: SeSparseGeometry,
  fileSize: number,
): Float64Array {
  const offsets = new Float64Array(directory.length / 2);
  for (let index = 0; index < offsets.length; index++) {
    const low = directory[2 * index] ?? 0;
    const high = directory[2 * index + 1] ?? 0;
    const offset = tablesOffset + low * SLOT_TABLE_SIZE;
    const isTable = high === TABLE_ENTRY << 28 && low < tableSlots && offset + SLOT_TABLE_SIZE <= fileSize;
    if (low !== 0 || high !== 0) offsets[index] = isTable ? offset : UNREADABLE_TABLE;
  }
  return offsets;
}

/**
 * The slot of an entry, whose bits stand rotated: bits 48 to 59 are the lowest twelve of the number. Not exact above 2^53, where no slot is inside
 * any file.
 */
export function slotOf(high: number, low: number): number {
  return ((high & 0xffff) * 2 ** 32 + low) * 4096 + ((high >>> 16) & 0xfff);
}

/** The two halves of the entry that leads to a slot: what `slotOf` reads. */
export function entryOf(type: number, slot: number): { readonly high: number; readonly low: number } {
  const rest = Math.floor(slot / 4096);
  const high = ((type << 28) | ((slot % 4096) << 16) | Math.floor(rest / 2 ** 32)) >>> 0;
  return { high, low: rest % 2 ** 32 };
}

/** Adds the runs of guest bytes `from` to `to - 1`; pauses after each batch of tables. */
export function resolveSlots(
  tables: SlotTables,
  runs: MappingRuns,
  from: number,
  to: number,
): AsyncGenerator<void, void, undefined> {
  return resolveTables(tables, runs, from, to, (words, firstGrain) =>
    resolveEntries(tables, words, firstGrain, runs, from, to),
  );
}

function resolveEntries(
  { file, guestStart, grainSize, grainsOffset }: SlotTables,
  words: Uint32Array,
  firstGrain: number,
  runs: MappingRuns,
  from: number,
  to: number,
): void {
  const end = Math.min(firstGrain + words.length / 2, Math.ceil((to - guestStart) / grainSize));
  for (let grain = Math.max(firstGrain, Math.floor((from - guestStart) / grainSize)); grain < end; grain++) {
    const low = words[2 * (grain - firstGrain)] ?? 0;
    const high = words[2 * (grain - firstGrain) + 1] ?? 0;
    const grainStart = guestStart + grain * grainSize;
    const start = Math.max(from, grainStart);
    const length = Math.min(to, grainStart + grainSize) - start;
    const type = high >>> 28;
    if (type === ENTRY_TYPE.unallocated) runs.hole('unallocated', start, length);
    else if (type === ENTRY_TYPE.allocated)
      runs.data(start, length, file, grainsOffset + slotOf(high, low) * grainSize + start - grainStart);
    // Readers disagree about grains that the guest gave up; zeros are what QEMU and Xen Orchestra show.
    else if (type === ENTRY_TYPE.unmapped || type === ENTRY_TYPE.zero) runs.hole('zero', start, length);
    else {
      const at = { file, offset: null, length: null, field: `grain ${grain}` };
      runs.unreadable(
        start,
        length,
        at,
        `the entry of grain ${grain} of ${file.path} is of unknown type ${type}`,
      );
    }
  }
}
