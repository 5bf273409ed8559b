import type { ConstHeader } from '../../../../../../generated/sesparse.ts';
import type { Source } from '../../../../../io/source.ts';
import { SECTOR_SIZE, toSafeNumber } from '../../../../../model/offsets.ts';

/** The areas of a seSparse extent, in the order in which all known files have them. */
export const AREA_NAMES = [
  'volatile_header',
  'journal_header',
  'journal',
  'grain_dir',
  'grain_tables',
  'free_bitmap',
  'backmap',
  'grains',
] as const;

/** Name of an area, as the fields of the header have it. */
export type AreaName = (typeof AREA_NAMES)[number];

/** An area as the constant header places it. In bytes, cut to what a number can be exactly. */
export interface Area {
  readonly name: AreaName;
  readonly offset: number;
  readonly length: number;
}

/** Bytes of a grain table: 4096 entries of 8 bytes. */
export const SLOT_TABLE_SIZE = 64 * SECTOR_SIZE;

/** Entries of a grain table. */
export const SLOTS_PER_TABLE = 4096;

/** Sectors of a grain; no other size is known. */
const SLOT_SECTORS = 8;

const MAX_CAPACITY_SECTORS = 2 ** 37;

/** The figures that a seSparse extent is read by. Positions and lengths in bytes. */
export interface SeSparseGeometry {
  /** Guest bytes. */
  readonly size: number;
  readonly grainSize: number;
  readonly grains: number;
  /** Entries of the directory that the disk needs. */
  readonly tables: number;
  readonly directoryOffset: number;
  /** Entries of the directory that are there: no more than needed, and inside the file. */
  readonly readableTables: number;
  readonly tablesOffset: number;
  /** Tables that the area of tables has room for. */
  readonly tableSlots: number;
  readonly grainsOffset: number;
  /** Grains that the area of grains has room for. */
  readonly grainSlots: number;
}

/** The areas of a header, whatever they are. */
export function readAreas(header: ConstHeader): readonly Area[] {
  const placed: readonly (readonly [AreaName, bigint, bigint])[] = [
    ['volatile_header', header.volatileHeaderOffset, header.volatileHeaderSize],
    ['journal_header', header.journalHeaderOffset, header.journalHeaderSize],
    ['journal', header.journalOffset, header.journalSize],
    ['grain_dir', header.grainDirOffset, header.grainDirSize],
    ['grain_tables', header.grainTablesOffset, header.grainTablesSize],
    ['free_bitmap', header.freeBitmapOffset, header.freeBitmapSize],
    ['backmap', header.backmapOffset, header.backmapSize],
    ['grains', header.grainsOffset, header.grainsSize],
  ];
  return placed.map(([name, offset, size]) => ({ name, offset: toBytes(offset), length: toBytes(size) }));
}

/** Half of the exact range at most, so that an offset and a length can be added. */
function toBytes(sectors: bigint): number {
  const limit = Number.MAX_SAFE_INTEGER / 2;
  const bytes = (toSafeNumber(sectors) ?? Infinity) * SECTOR_SIZE;
  return bytes > limit ? Math.floor(limit / SECTOR_SIZE) * SECTOR_SIZE : bytes;
}

/** Works out the figures of an extent; `null` where its header is not one that tables can be read by. */
export function readSeSparseGeometry(
  header: ConstHeader,
  areas: readonly Area[],
  source: Source,
): SeSparseGeometry | null {
  const capacity = toSafeNumber(header.capacity);
  if (capacity === null || capacity === 0 || capacity >= MAX_CAPACITY_SECTORS) return null;
  if (header.grainSize !== BigInt(SLOT_SECTORS) || header.grainTableSize !== 64n) return null;
  const [, , , directory, grainTables, , , grainArea] = areas;
  if (directory === undefined || grainTables === undefined || grainArea === undefined) return null;
  if ([directory, grainTables, grainArea].some(({ offset }) => offset > source.size)) return null;
  const grainSize = SLOT_SECTORS * SECTOR_SIZE;
  const grains = Math.ceil(capacity / SLOT_SECTORS);
  const tables = Math.ceil(grains / SLOTS_PER_TABLE);
  const inFile = Math.floor(Math.max(0, source.size - directory.offset) / 8);
  return {
    size: capacity * SECTOR_SIZE,
    grainSize,
    grains,
    tables,
    directoryOffset: directory.offset,
    readableTables: Math.min(tables, Math.floor(directory.length / 8), inFile),
    tablesOffset: grainTables.offset,
    tableSlots: Math.floor(grainTables.length / SLOT_TABLE_SIZE),
    grainsOffset: grainArea.offset,
    grainSlots: Math.floor(grainArea.length / grainSize),
  };
}
