import type { RegionSource } from '../../../../model/owners.ts';
import { SLOTS_PER_TABLE, type SeSparseGeometry } from './layout/geometry.ts';
import type { SeSparseLayout } from './layout/sesparse-layout.ts';
import { ENTRY_TYPE, entryOf, hexEntry, type SlotTables } from './layout/tables.ts';

/** Finds the entries of an extent's tables. */
export interface SeSparsePlaces {
  /** The directory entry that names a table. */
  table(index: number): RegionSource;
  /** The table entry of a grain; where the slot's first byte is given, it is shown as an entry of `type`. */
  grain(grain: number, start?: number, type?: number): RegionSource;
}

/** The places of one extent. */
export function createSeSparsePlaces(
  { file, guestStart }: SeSparseLayout,
  tables: SlotTables,
  directory: Uint32Array,
): SeSparsePlaces {
  return {
    table: (index) => ({
      at: tables.placeOf(index),
      guestOffset: guestStart + index * SLOTS_PER_TABLE * tables.grainSize,
      actual: hexEntry(directory[2 * index + 1] ?? 0, directory[2 * index] ?? 0),
    }),
    grain(grain, start, type = ENTRY_TYPE.allocated) {
      const table = Math.floor(grain / SLOTS_PER_TABLE);
      const index = grain % SLOTS_PER_TABLE;
      const offset = (tables.offsets[table] ?? 0) + 8 * index;
      const at = { file, offset, length: 8, field: `gt[${table}][${index}]` };
      const guestOffset = grain < tables.grains ? guestStart + grain * tables.grainSize : null;
      return { at, guestOffset, actual: start === undefined ? null : showSlot(type, start, tables) };
    },
  };
}

/** The entry whose slot begins at byte `start`. */
function showSlot(type: number, start: number, { grainsOffset, grainSize }: SeSparseGeometry): string {
  const { high, low } = entryOf(type, (start - grainsOffset) / grainSize);
  return hexEntry(high, low);
}
