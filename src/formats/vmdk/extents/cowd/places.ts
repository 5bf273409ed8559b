import { SECTOR_SIZE } from '../../../../model/offsets.ts';
import type { RegionSource } from '../../../../model/owners.ts';
import type { CowdLayout } from './layout/cowd-layout.ts';
import { COWD_ENTRIES_PER_TABLE, type CowdGeometry } from './layout/geometry.ts';

/** Finds the entries of an extent's tables. */
export interface CowdPlaces {
  /** The directory entry that names a table. */
  table(index: number): RegionSource;
  /** The table entry of a grain; `start` is the byte that it names, where it should be shown. */
  grain(grain: number, start?: number): RegionSource;
}

/** The places of one extent. */
export function createCowdPlaces(
  { file, guestStart }: CowdLayout,
  { gdOffset, grainSize, grains }: CowdGeometry,
  directory: Uint32Array,
): CowdPlaces {
  return {
    table: (index) => ({
      at: { file, offset: gdOffset + 4 * index, length: 4, field: `gd[${index}]` },
      guestOffset: guestStart + index * COWD_ENTRIES_PER_TABLE * grainSize,
      actual: String(directory[index] ?? 0),
    }),
    grain(grain, start) {
      const table = Math.floor(grain / COWD_ENTRIES_PER_TABLE);
      const index = grain % COWD_ENTRIES_PER_TABLE;
      const offset = (directory[table] ?? 0) * SECTOR_SIZE + 4 * index;
      const at = { file, offset, length: 4, field: `gt[${table}][${index}]` };
      const actual = start === undefined ? null : String(start / SECTOR_SIZE);
      return { at, guestOffset: grain < grains ? guestStart + grain * grainSize : null, actual };
    },
  };
}
