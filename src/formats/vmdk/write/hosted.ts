import { SparseExtentFlags, SparseExtentHeader } from '../../../../generated/vmdk4.ts';
import { UsageError } from '../../../errors.ts';
import type { Disk } from '../../../model/disk.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { WriteContext } from '../../../model/writer.ts';
import { planDeltaUnits, planUnits, type FilePlan, type UnitFile } from '../../shared/writing/file-plan.ts';
import { tablesInUse } from '../../shared/writing/stored-units.ts';
import type { FilePart, Units } from '../../shared/writing/unit-writer.ts';
import { sectorsOf } from './sectors.ts';

const GRAIN_SECTORS = 128;
const GRAIN_SIZE = GRAIN_SECTORS * SECTOR_SIZE;
const TABLE_ENTRIES = 512;
const TABLE_SIZE = TABLE_ENTRIES * 4;
const TABLE_SECTORS = TABLE_SIZE / SECTOR_SIZE;
/** Room for an embedded descriptor, which programs rewrite in place. */
const DESCRIPTOR_SECTORS = 20;
/** Sectors that tables can point to. */
const MOST_SECTORS = 2 ** 32;
/** Entry of a grain that reads as zeros, whatever the parent has. */
const ZEROED_GRAIN = 1;

/** What a hosted sparse extent is made of. */
export interface HostedParts {
  /** The part of the disk that the extent stores. */
  readonly disk: Disk;
  /** The same part of the parent; `null` for none. */
  readonly below: Disk | null;
  /** To be embedded; `null` where it is in a file of its own. */
  readonly descriptor: Uint8Array | null;
  readonly hasZeroedGrains: boolean;
}

/**
 * The file of an extent; places are sectors: two directories, each with all of its tables after it, then the
 * grains.
 */
class HostedFile implements UnitFile {
  readonly unitSize = GRAIN_SIZE;
  readonly capacity: number;
  readonly descriptorSectors: number;
  readonly tables: number;
  readonly rgd: number;
  readonly gd: number;
  readonly overhead: number;
  readonly hasZeroedGrains: boolean;
  readonly #descriptor: Uint8Array | null;
  readonly #directorySectors: number;

  constructor({ disk, descriptor, hasZeroedGrains }: HostedParts) {
    this.#descriptor = descriptor;
    this.hasZeroedGrains = hasZeroedGrains;
    this.capacity = sectorsOf(disk.size);
    this.tables = Math.ceil(this.capacity / (GRAIN_SECTORS * TABLE_ENTRIES));
    this.#directorySectors = sectorsOf(this.tables * 4);
    this.descriptorSectors =
      descriptor === null ? 0 : Math.max(DESCRIPTOR_SECTORS, sectorsOf(descriptor.length));
    this.rgd = 1 + this.descriptorSectors;
    this.gd = this.tableAt(this.rgd, this.tables);
    this.overhead = Math.ceil(this.tableAt(this.gd, this.tables) / GRAIN_SECTORS) * GRAIN_SECTORS;
    const most = MOST_SECTORS - this.overhead;
    if (this.capacity > most)
      throw new UsageError(
        `a sparse extent has at most ${most} sectors (2 TiB), and the disk has ${this.capacity}: take streamOptimized`,
      );
  }

  place(_: number, ordinal: number): number {
    return this.#grainAt(ordinal) * SECTOR_SIZE;
  }

  joined(): number {
    return Infinity;
  }

  *front(units: Units): Iterable<FilePart> {
    yield { at: 0, bytes: makeHeader(this) };
    if (this.#descriptor !== null) yield { at: SECTOR_SIZE, bytes: this.#descriptor };
    for (const directory of [this.rgd, this.gd]) {
      yield { at: directory * SECTOR_SIZE, bytes: makeDirectory(this, directory) };
      for (const table of tablesInUse(units, TABLE_ENTRIES))
        yield { at: this.tableAt(directory, table) * SECTOR_SIZE, bytes: this.#table(units, table) };
    }
  }

  sizeOf({ stored }: Units): number {
    return this.#grainAt(stored.count) * SECTOR_SIZE;
  }

  /** Sector of a table, by the sector of its directory. */
  tableAt(directory: number, table: number): number {
    return directory + this.#directorySectors + table * TABLE_SECTORS;
  }

  /** Sector of a stored grain. */
  #grainAt(ordinal: number): number {
    return this.overhead + ordinal * GRAIN_SECTORS;
  }

  #table({ stored, zeros }: Units, table: number): Uint8Array {
    const view = new DataView(new ArrayBuffer(TABLE_SIZE));
    const first = table * TABLE_ENTRIES;
    for (const { from, to } of zeros?.between(first, first + TABLE_ENTRIES) ?? [])
      for (let grain = from; grain < to; grain++) view.setUint32(4 * (grain - first), ZEROED_GRAIN, true);
    for (const { from, to, ordinal } of stored.between(first, first + TABLE_ENTRIES))
      for (let grain = from; grain < to; grain++)
        view.setUint32(4 * (grain - first), this.#grainAt(ordinal + grain - from), true);
    return new Uint8Array(view.buffer);
  }
}

/**
 * Plans a hosted sparse extent. For a pipe the map of the disk alone says which grains are stored; a file leaves
 * out grains of zeros, and of a delta what the parent has as well.
 *
 * @throws UsageError where the disk is too large
 */
export async function planHosted(parts: HostedParts, { isPipe, sparse }: WriteContext): Promise<FilePlan> {
  const { disk, below, hasZeroedGrains: canSayZero } = parts;
  const file = new HostedFile(parts);
  if (below !== null)
    return planDeltaUnits(disk, below, () => file, { sparse, isPipe, unitSize: GRAIN_SIZE, canSayZero });
  return planUnits(disk, () => file, { sparse, isPipe, unitSize: GRAIN_SIZE });
}

function makeHeader(file: HostedFile): Uint8Array {
  const { capacity, descriptorSectors, rgd, gd, overhead, hasZeroedGrains } = file;
  return SparseExtentHeader.of({
    version: hasZeroedGrains ? 2 : 1,
    flags: SparseExtentFlags.of({
      validNewlineDetector: true,
      useRedundant: true,
      zeroedGrain: hasZeroedGrains,
    }),
    capacity: BigInt(capacity),
    grainSize: BigInt(GRAIN_SECTORS),
    descriptorOffset: descriptorSectors === 0 ? 0n : 1n,
    descriptorSize: BigInt(descriptorSectors),
    numGtesPerGt: TABLE_ENTRIES,
    rgdOffset: BigInt(rgd),
    gdOffset: BigInt(gd),
    overhead: BigInt(overhead),
    newlineDetector: Uint8Array.of(0x0a, 0x20, 0x0d, 0x0a),
  }).toBytes();
}

/** Names all tables: they have their room from the start, empty or not. */
function makeDirectory(file: HostedFile, directory: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(file.tables * 4));
  for (let table = 0; table < file.tables; table++)
    view.setUint32(4 * table, file.tableAt(directory, table), true);
  return new Uint8Array(view.buffer);
}
