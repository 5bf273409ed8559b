import { UNREADABLE_TABLE, type TableShape } from '../../table-mappings.ts';
import { SLOT_TABLE_SIZE, type SeSparseGeometry } from './geometry.ts';

/** What the guest sees in a grain, by the top four bits of its entry (QEMU 7.2, block/vmdk.c, seSparse). */
export const ENTRY_TYPE = { unallocated: 0, unmapped: 1, zero: 2, allocated: 3 } as const;

/** The type of a directory entry that names a table. */
export const TABLE_ENTRY = 1;

/** The grain tables of a seSparse extent, whose 64-bit entries are slots. */
export interface SlotTables extends TableShape, SeSparseGeometry {}

/**
 * Byte position of the table of each directory entry; entries of other kinds and tables outside their area
 * cannot be read.
 */
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
 * The slot of an entry, whose bits are rotated: bits 48 to 59 are the lowest twelve of the number. Not exact
 * above 2^53, where no slot is inside any file.
 */
export function slotOf(high: number, low: number): number {
  return ((high & 0xffff) * 2 ** 32 + low) * 4096 + ((high >>> 16) & 0xfff);
}

/** The two halves of the entry that names a slot: what `slotOf` reads. */
export function entryOf(type: number, slot: number): { readonly high: number; readonly low: number } {
  const rest = Math.floor(slot / 4096);
  const high = ((type << 28) | ((slot % 4096) << 16) | Math.floor(rest / 2 ** 32)) >>> 0;
  return { high, low: rest % 2 ** 32 };
}

/** An entry in hex. */
export function hexEntry(high: number, low: number): string {
  return `0x${high.toString(16).padStart(8, '0')}${low.toString(16).padStart(8, '0')}`;
}
