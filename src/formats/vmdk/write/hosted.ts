import { SparseExtentFlags, SparseExtentHeader } from '../../../../generated/vmdk4.ts';
import { UsageError } from '../../../errors.ts';
import type { Disk } from '../../../model/disk.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { WriteContext } from '../../../model/writer.ts';
import { fillUnits } from '../../shared/writing/disk-views.ts';
import { findDeltaUnits, findStoredUnits } from '../../shared/writing/stored-units.ts';
import { UnitRuns } from '../../shared/writing/unit-runs.ts';
import { writeUnits, type FilePart, type UnitLayout } from '../../shared/writing/unit-writer.ts';
import { sectorsOf, type ExtentPlan } from './extent-plan.ts';

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

/** Where everything is in the file, in sectors: two directories, each with all of its tables behind it, then the grains. */
class HostedLayout implements UnitLayout {
  readonly unitSize = GRAIN_SIZE;
  readonly capacity: number;
  readonly descriptorSectors: number;
  readonly tables: number;
  readonly rgd: number;
  readonly gd: number;
  readonly overhead: number;
  readonly #directorySectors: number;

  constructor(size: number, descriptorBytes: number | null) {
    this.capacity = sectorsOf(size);
    this.tables = Math.ceil(this.capacity / (GRAIN_SECTORS * TABLE_ENTRIES));
    this.#directorySectors = sectorsOf(this.tables * 4);
    this.descriptorSectors =
      descriptorBytes === null ? 0 : Math.max(DESCRIPTOR_SECTORS, sectorsOf(descriptorBytes));
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
    return this.entryOf(ordinal) * SECTOR_SIZE;
  }

  joined(): number {
    return Infinity;
  }

  /** Sector of a stored grain. */
  entryOf(ordinal: number): number {
    return this.overhead + ordinal * GRAIN_SECTORS;
  }

  /** Sector of a table, by the sector of its directory. */
  tableAt(directory: number, table: number): number {
    return directory + this.#directorySectors + table * TABLE_SECTORS;
  }
}

interface HostedExtent {
  readonly parts: HostedParts;
  readonly disk: Disk;
  readonly layout: HostedLayout;
  readonly stored: UnitRuns;
  readonly zeros: UnitRuns;
  readonly sparse: number;
}

/**
 * Plans a hosted sparse extent. For a pipe and for deltas the map of the disk alone says which grains are stored; a file leaves out grains of zeros
 * as well.
 *
 * @throws UsageError where the disk is too large
 */
export async function planHosted(parts: HostedParts, { isPipe, sparse }: WriteContext): Promise<ExtentPlan> {
  const { disk, below, descriptor, hasZeroedGrains } = parts;
  const layout = new HostedLayout(disk.size, descriptor?.length ?? null);
  const zeros = new UnitRuns();
  if (below !== null) {
    const units = await findDeltaUnits(disk, below, GRAIN_SIZE, hasZeroedGrains);
    const filled = fillUnits(disk, below, GRAIN_SIZE, units.stored);
    return planKnown({ parts, layout, disk: filled, sparse: Math.max(sparse, SECTOR_SIZE), ...units });
  }
  if (isPipe || sparse === 0) {
    const stored = await findStoredUnits(disk, GRAIN_SIZE, sparse === 0);
    return planKnown({ parts, layout, disk, sparse, stored, zeros });
  }
  return {
    size: null,
    isStreamable: false,
    // What is found is of one pass.
    parts: (signal) => writeFound({ parts, layout, disk, sparse, stored: new UnitRuns(), zeros }, signal),
  };
}

function planKnown(extent: HostedExtent): ExtentPlan {
  const { layout, stored } = extent;
  return {
    size: layout.entryOf(stored.count) * SECTOR_SIZE,
    isStreamable: true,
    parts: (signal) => writeKnown(extent, signal),
  };
}

async function* writeKnown(
  extent: HostedExtent,
  signal: AbortSignal | undefined,
): AsyncGenerator<FilePart, void, undefined> {
  const { disk, layout, stored, sparse } = extent;
  yield* metadata(extent);
  yield* writeUnits(disk, layout, { stored, isPlanned: true, sparse, signal });
}

async function* writeFound(
  extent: HostedExtent,
  signal: AbortSignal | undefined,
): AsyncGenerator<FilePart, void, undefined> {
  const { disk, layout, stored, sparse } = extent;
  const end = yield* writeUnits(disk, layout, { stored, isPlanned: false, sparse, signal });
  // Without grains the file ends where they would begin.
  if (end === null) yield { at: layout.overhead * SECTOR_SIZE - 1, bytes: new Uint8Array(1) };
  yield* metadata(extent);
}

function* metadata(extent: HostedExtent): Iterable<FilePart> {
  const { parts, layout } = extent;
  yield { at: 0, bytes: makeHeader(layout, parts.hasZeroedGrains) };
  if (parts.descriptor !== null) yield { at: SECTOR_SIZE, bytes: parts.descriptor };
  for (const directory of [layout.rgd, layout.gd]) {
    yield { at: directory * SECTOR_SIZE, bytes: makeDirectory(layout, directory) };
    for (const table of tablesInUse(extent))
      yield { at: layout.tableAt(directory, table) * SECTOR_SIZE, bytes: makeTable(extent, table) };
  }
}

function makeHeader(layout: HostedLayout, hasZeroedGrains: boolean): Uint8Array {
  const { capacity, descriptorSectors, rgd, gd, overhead } = layout;
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
function makeDirectory(layout: HostedLayout, directory: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(layout.tables * 4));
  for (let table = 0; table < layout.tables; table++)
    view.setUint32(4 * table, layout.tableAt(directory, table), true);
  return new Uint8Array(view.buffer);
}

function* tablesInUse({ stored, zeros }: HostedExtent): Iterable<number> {
  const tables = [...stored.groups(TABLE_ENTRIES), ...zeros.groups(TABLE_ENTRIES)];
  yield* zeros.count === 0 ? tables : [...new Set(tables)].sort((a, b) => a - b);
}

function makeTable({ layout, stored, zeros }: HostedExtent, table: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(TABLE_SIZE));
  const first = table * TABLE_ENTRIES;
  for (const { from, to } of zeros.between(first, first + TABLE_ENTRIES))
    for (let grain = from; grain < to; grain++) view.setUint32(4 * (grain - first), ZEROED_GRAIN, true);
  for (const { from, to, ordinal } of stored.between(first, first + TABLE_ENTRIES))
    for (let grain = from; grain < to; grain++)
      view.setUint32(4 * (grain - first), layout.entryOf(ordinal + grain - from), true);
  return new Uint8Array(view.buffer);
}
