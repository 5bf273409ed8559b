import type { CowdHeader } from '../../../../../../generated/cowd.ts';
import type { Source } from '../../../../../io/source.ts';
import { SECTOR_SIZE } from '../../../../../model/offsets.ts';

/** Bytes of a COWD header: four sectors. */
export const COWD_HEADER_SIZE = 2048;

/** Entries of every grain table of a COWD extent. */
export const COWD_ENTRIES_PER_TABLE = 4096;

/** Bytes of a grain table. */
export const COWD_TABLE_SIZE: number = COWD_ENTRIES_PER_TABLE * 4;
const MAX_GRAIN_SECTORS = 1 << 20;

/** The figures that a COWD extent is read by. */
export interface CowdGeometry {
  /** Bytes. */
  readonly grainSize: number;
  readonly grains: number;
  /** Entries of the directory that the disk needs. */
  readonly tables: number;
  /** Byte position of the directory. */
  readonly gdOffset: number;
  /** Entries of the directory that are there: no more than needed, and inside the file. */
  readonly readableTables: number;
}

/** Works out the figures of an extent; `null` where its header is too damaged to read tables by. */
export function readCowdGeometry(header: CowdHeader, source: Source): CowdGeometry | null {
  const { numSectors, grainSize: grainSectors, numGdEntries } = header;
  const isPowerOfTwo = grainSectors > 0 && Number.isInteger(Math.log2(grainSectors));
  if (numSectors === 0 || !isPowerOfTwo || grainSectors > MAX_GRAIN_SECTORS) return null;
  if (header.gdOffset * SECTOR_SIZE < COWD_HEADER_SIZE) return null;
  const grains = Math.ceil(numSectors / grainSectors);
  const tables = Math.ceil(grains / COWD_ENTRIES_PER_TABLE);
  const gdOffset = header.gdOffset * SECTOR_SIZE;
  const inFile = Math.max(0, Math.floor((source.size - gdOffset) / 4));
  return {
    grainSize: grainSectors * SECTOR_SIZE,
    grains,
    tables,
    gdOffset,
    readableTables: Math.min(tables, numGdEntries, inFile),
  };
}
