import { CowdHeader } from '../../../../generated/cowd.ts';
import { UsageError } from '../../../errors.ts';
import type { Disk } from '../../../model/disk.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { WriteContext } from '../../../model/writer.ts';
import { planDeltaUnits, planUnits, type FilePlan, type UnitFile } from '../../shared/writing/file-plan.ts';
import { UnitRuns, type UnitRun } from '../../shared/writing/unit-runs.ts';
import type { FilePart, Units } from '../../shared/writing/unit-writer.ts';
import { sectorsOf } from './sectors.ts';

/** Grains of one sector, as ESX makes them. */
const GRAIN_SIZE = SECTOR_SIZE;
const HEADER_SECTORS = 4;
const TABLE_ENTRIES = 4096;
const TABLE_SECTORS = (TABLE_ENTRIES * 4) / SECTOR_SIZE;
/** Sectors that tables can point to. */
const MOST_SECTORS = 2 ** 32 - 1;

/**
 * The file of a COWD extent; places are sectors. Each table is before the grains of the first of its entries, so
 * that only those that are used take up room.
 */
class CowdFile implements UnitFile {
  readonly unitSize = GRAIN_SIZE;
  readonly #sectors: number;
  readonly #directoryEntries: number;
  /** First sector after the directory. */
  readonly #first: number;
  readonly #hasParent: boolean;
  readonly #stored: UnitRuns;
  /** The table that a grain was placed for last, and how many in use come before it. */
  #table = -1;
  #tablesBefore = -1;

  /**
   * @param stored the grains that are stored, as far as they are known when one is placed; they are placed in
   * ascending order
   */
  constructor(size: number, hasParent: boolean, stored: UnitRuns) {
    this.#stored = stored;
    this.#sectors = sectorsOf(size);
    this.#directoryEntries = Math.ceil(this.#sectors / TABLE_ENTRIES);
    this.#first = HEADER_SECTORS + sectorsOf(this.#directoryEntries * 4);
    this.#hasParent = hasParent;
    const all = this.#first + this.#directoryEntries * TABLE_SECTORS + this.#sectors;
    if (all > MOST_SECTORS)
      throw new UsageError(
        `a vmfsSparse extent can point to at most ${MOST_SECTORS} sectors (2 TiB), and this disk could need ${all}`,
      );
  }

  place(unit: number, ordinal: number): number {
    const table = Math.floor(unit / TABLE_ENTRIES);
    if (table !== this.#table) {
      this.#tablesBefore += countTables(this.#stored.between((this.#table + 1) * TABLE_ENTRIES, unit + 1));
      this.#table = table;
    }
    return this.#grainAt(this.#tablesBefore, ordinal) * SECTOR_SIZE;
  }

  joined(unit: number): number {
    return TABLE_ENTRIES - (unit % TABLE_ENTRIES);
  }

  *front({ stored }: Units): Iterable<FilePart> {
    const directory = new DataView(new ArrayBuffer(this.#directoryEntries * 4));
    let before = 0;
    for (const table of stored.groups(TABLE_ENTRIES)) {
      const { bytes, sector } = this.#tableOf(stored, table, before++);
      directory.setUint32(4 * table, sector, true);
      yield { at: sector * SECTOR_SIZE, bytes };
    }
    yield { at: 0, bytes: this.#header(this.#end(stored.count, before)) };
    yield { at: HEADER_SECTORS * SECTOR_SIZE, bytes: new Uint8Array(directory.buffer) };
  }

  sizeOf({ stored }: Units): number {
    return this.#end(stored.count, countTables(stored)) * SECTOR_SIZE;
  }

  /** Sector after so many grains with so many tables. */
  #end(grains: number, tables: number): number {
    return this.#first + tables * TABLE_SECTORS + grains;
  }

  #grainAt(tablesBefore: number, ordinal: number): number {
    return this.#first + (tablesBefore + 1) * TABLE_SECTORS + ordinal;
  }

  #tableOf(
    stored: UnitRuns,
    table: number,
    tablesBefore: number,
  ): { readonly bytes: Uint8Array; readonly sector: number } {
    const view = new DataView(new ArrayBuffer(TABLE_ENTRIES * 4));
    const first = table * TABLE_ENTRIES;
    let sector = Infinity;
    for (const { from, to, ordinal } of stored.between(first, first + TABLE_ENTRIES))
      for (let grain = from; grain < to; grain++) {
        const place = this.#grainAt(tablesBefore, ordinal + grain - from);
        view.setUint32(4 * (grain - first), place, true);
        sector = Math.min(sector, place - TABLE_SECTORS);
      }
    return { bytes: new Uint8Array(view.buffer), sector };
  }

  #header(freeSector: number): Uint8Array {
    return CowdHeader.of({
      version: 1,
      flags: 3,
      numSectors: this.#sectors,
      grainSize: GRAIN_SIZE / SECTOR_SIZE,
      gdOffset: HEADER_SECTORS,
      numGdEntries: this.#directoryEntries,
      freeSector,
      parentFileName: this.#hasParent ? new Uint8Array(1024) : this.#root(),
    }).toBytes();
  }

  /** A disk without a parent has its geometry where others have the parent's name. */
  #root(): Uint8Array {
    const view = new DataView(new ArrayBuffer(1024));
    const [heads, sectorsPerTrack] = [255, 63];
    view.setUint32(0, Math.max(1, Math.floor(this.#sectors / (heads * sectorsPerTrack))), true);
    view.setUint32(4, heads, true);
    view.setUint32(8, sectorsPerTrack, true);
    return new Uint8Array(view.buffer);
  }
}

/** Tables that runs of grains belong to. */
function countTables(runs: Iterable<UnitRun>): number {
  let count = 0;
  let last = -1;
  for (const { from, to } of runs) {
    const first = Math.max(last + 1, Math.floor(from / TABLE_ENTRIES));
    last = Math.floor((to - 1) / TABLE_ENTRIES);
    count += last - first + 1;
  }
  return count;
}

/**
 * Plans a COWD extent, as vmfsSparse disks have it: tables are between grains.
 *
 * @throws UsageError where the disk is too large
 */
export async function planCowd(disk: Disk, below: Disk | null, { sparse }: WriteContext): Promise<FilePlan> {
  const makeFile = ({ stored }: Units): CowdFile => new CowdFile(disk.size, below !== null, stored);
  // A disk that is too large is refused before it is gone through.
  makeFile({ stored: new UnitRuns(), zeros: null });
  const options = { sparse, isPipe: false, unitSize: GRAIN_SIZE };
  const plan = await (below === null
    ? planUnits(disk, makeFile, options)
    : planDeltaUnits(disk, below, makeFile, options));
  // Tables are between grains, and a disk of two files is not streamed.
  return { ...plan, isStreamable: false };
}
