import { SECTOR_SIZE } from '../../../../model/offsets.ts';
import type { RegionSource } from '../../../../model/owners.ts';
import type { HostedGeometry } from './layout/geometry.ts';
import type { HostedDirectories, HostedLayout } from './layout/hosted-layout.ts';

/** Finds the entries of an extent's directories and tables. */
export interface HostedPlaces {
  /** The entry of a directory that names a table. */
  table(directory: 'gd' | 'rgd', index: number): RegionSource;
  /** The table entry of a grain; `start` is the byte that it names, where it should be shown. */
  grain(grain: number, start?: number): RegionSource;
}

/** The places of one extent. */
export function createHostedPlaces(
  { file, guestStart }: HostedLayout,
  geometry: HostedGeometry,
  directories: HostedDirectories,
): HostedPlaces {
  const { entriesPerTable, grainSize, grains } = geometry;
  return {
    table: (directory, index) => ({
      at: {
        file,
        offset: (geometry[directory]?.offset ?? 0) + 4 * index,
        length: 4,
        field: `${directory}[${index}]`,
      },
      guestOffset: guestStart + index * entriesPerTable * grainSize,
      actual: String(directories[directory][index] ?? 0),
    }),
    grain(grain, start) {
      const table = Math.floor(grain / entriesPerTable);
      const index = grain % entriesPerTable;
      const offset = (directories.tables[table] ?? 0) + 4 * index;
      const at = { file, offset, length: 4, field: `gt[${table}][${index}]` };
      const actual = start === undefined ? null : String(start / SECTOR_SIZE);
      return { at, guestOffset: grain < grains ? guestStart + grain * grainSize : null, actual };
    },
  };
}
