import { ConstHeader, VolatileHeader } from '../../../../generated/sesparse.ts';
import type { Disk } from '../../../model/disk.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { WriteContext } from '../../../model/writer.ts';
import { planDeltaUnits, planUnits, type FilePlan, type UnitFile } from '../../shared/writing/file-plan.ts';
import { tablesInUse } from '../../shared/writing/stored-units.ts';
import type { UnitRuns } from '../../shared/writing/unit-runs.ts';
import type { FilePart, Units } from '../../shared/writing/unit-writer.ts';
import { sectorsOf } from './sectors.ts';

const GRAIN_SECTORS = 8;
const GRAIN_SIZE = GRAIN_SECTORS * SECTOR_SIZE;
const TABLE_SECTORS = 64;
const TABLE_ENTRIES = (TABLE_SECTORS * SECTOR_SIZE) / 8;
/** Areas begin at multiples of 1 MiB. */
const AREA_SECTORS = 2048;
/** Kinds of table entries, in their highest four bits. */
const ZERO_GRAIN = 0x2000_0000;
const STORED_GRAIN = 0x3000_0000;
/** Of directory entries. */
const TABLE_PRESENT = 0x1000_0000;
/** Bytes of an area that are written at once. */
const STEP = 64 * 1024;

/** An area of the file, in sectors. */
interface Area {
  readonly offset: number;
  readonly size: number;
}

/**
 * The file of a seSparse extent. Its maker publishes nothing: areas and their sizes are those of files that ESX
 * made, and what only ESX reads (journal, bitmap of slots, map from slots to tables) is as the few who looked into
 * such files take it to be.
 */
class SeSparseFile implements UnitFile {
  readonly unitSize = GRAIN_SIZE;
  readonly #capacity: number;
  readonly #directory: Area;
  readonly #tables: Area;
  readonly #bitmap: Area;
  readonly #backmap: Area;
  readonly #grains: Area;

  constructor(size: number) {
    this.#capacity = sectorsOf(size);
    const tables = Math.ceil(this.#capacity / (GRAIN_SECTORS * TABLE_ENTRIES));
    const slots = Math.ceil(this.#capacity / GRAIN_SECTORS);
    // The journal is 1 MiB after the headers' one.
    let offset = 2 * AREA_SECTORS;
    const place = (sectors: number): Area => {
      const area = { offset, size: Math.ceil(sectors / AREA_SECTORS) * AREA_SECTORS };
      offset += area.size;
      return area;
    };
    this.#directory = place(sectorsOf(tables * 8));
    this.#tables = place(tables * TABLE_SECTORS);
    this.#bitmap = place(sectorsOf(Math.ceil(slots / 8)));
    this.#backmap = place(tables * TABLE_SECTORS);
    this.#grains = { offset, size: slots * GRAIN_SECTORS };
  }

  place(_: number, ordinal: number): number {
    return this.#grains.offset * SECTOR_SIZE + ordinal * GRAIN_SIZE;
  }

  joined(): number {
    return Infinity;
  }

  *front(units: Units): Iterable<FilePart> {
    const tables = [...tablesInUse(units, TABLE_ENTRIES)];
    yield { at: 0, bytes: this.#header() };
    const volatile = VolatileHeader.of({ magic: 0xcafe_cafen, freeGtNumber: BigInt(tables.length) });
    yield { at: SECTOR_SIZE, bytes: volatile.toBytes() };
    yield* directoryParts(this.#directory, tables);
    for (const [index, table] of tables.entries())
      yield {
        at: (this.#tables.offset + index * TABLE_SECTORS) * SECTOR_SIZE,
        bytes: this.#table(units, table),
      };
    yield* bitmapParts(this.#bitmap, units.stored.count);
    yield* backmapParts(this.#backmap, units.stored, tables);
  }

  sizeOf({ stored }: Units): number {
    return this.place(0, stored.count);
  }

  #table({ stored, zeros }: Units, table: number): Uint8Array {
    const view = new DataView(new ArrayBuffer(TABLE_ENTRIES * 8));
    const first = table * TABLE_ENTRIES;
    for (const { from, to } of zeros?.between(first, first + TABLE_ENTRIES) ?? [])
      for (let grain = from; grain < to; grain++) view.setUint32(8 * (grain - first) + 4, ZERO_GRAIN, true);
    for (const { from, to, ordinal } of stored.between(first, first + TABLE_ENTRIES))
      for (let grain = from; grain < to; grain++) setSlot(view, 8 * (grain - first), ordinal + grain - from);
    return new Uint8Array(view.buffer);
  }

  #header(): Uint8Array {
    const header = ConstHeader.of({
      magic: 0xcafe_baben,
      version: 0x2_0000_0001n,
      capacity: BigInt(this.#capacity),
      grainSize: BigInt(GRAIN_SECTORS),
      grainTableSize: BigInt(TABLE_SECTORS),
      volatileHeaderOffset: 1n,
      volatileHeaderSize: 1n,
      journalHeaderOffset: 2n,
      journalHeaderSize: 2n,
      journalOffset: BigInt(AREA_SECTORS),
      journalSize: BigInt(AREA_SECTORS),
      grainDirOffset: BigInt(this.#directory.offset),
      grainDirSize: BigInt(this.#directory.size),
      grainTablesOffset: BigInt(this.#tables.offset),
      grainTablesSize: BigInt(this.#tables.size),
      freeBitmapOffset: BigInt(this.#bitmap.offset),
      freeBitmapSize: BigInt(this.#bitmap.size),
      backmapOffset: BigInt(this.#backmap.offset),
      backmapSize: BigInt(this.#backmap.size),
      grainsOffset: BigInt(this.#grains.offset),
      grainsSize: BigInt(this.#grains.size),
    });
    return header.toBytes();
  }
}

/** The entry of a stored grain: the lowest 12 bits of its slot are above the other 48. */
function setSlot(view: DataView, at: number, slot: number): void {
  const high = Math.floor(slot / 4096);
  view.setUint32(at, high % 2 ** 32, true);
  const top = STORED_GRAIN + (slot % 4096) * 2 ** 16 + Math.floor(high / 2 ** 32);
  view.setUint32(at + 4, top, true);
}

/** The entries that name a table; tables are numbered in the order of the directory. */
function* directoryParts({ offset }: Area, tables: readonly number[]): Iterable<FilePart> {
  for (let first = 0; first < tables.length;) {
    let end = first + 1;
    while (end < tables.length && end - first < STEP / 8 && tables[end] === (tables[end - 1] ?? 0) + 1) end++;
    const view = new DataView(new ArrayBuffer(8 * (end - first)));
    for (let index = first; index < end; index++) {
      view.setUint32(8 * (index - first), index, true);
      view.setUint32(8 * (index - first) + 4, TABLE_PRESENT, true);
    }
    yield { at: offset * SECTOR_SIZE + 8 * (tables[first] ?? 0), bytes: new Uint8Array(view.buffer) };
    first = end;
  }
}

/** A set bit for each slot in use. */
function* bitmapParts({ offset }: Area, slots: number): Iterable<FilePart> {
  const length = Math.ceil(slots / 8);
  for (let done = 0; done < length; done += STEP) {
    const bytes = new Uint8Array(Math.min(STEP, length - done)).fill(0xff);
    if (done + bytes.length === length && slots % 8 > 0) bytes[bytes.length - 1] = 0xff >> (8 - (slots % 8));
    yield { at: offset * SECTOR_SIZE + done, bytes };
  }
}

/** The number of the table of each slot in use. */
function* backmapParts({ offset }: Area, stored: UnitRuns, tables: readonly number[]): Iterable<FilePart> {
  for (const [index, table] of tables.entries()) {
    const first = table * TABLE_ENTRIES;
    for (const { from, to, ordinal } of stored.between(first, first + TABLE_ENTRIES)) {
      const view = new DataView(new ArrayBuffer(8 * (to - from)));
      for (let at = 0; at < view.byteLength; at += 8) view.setUint32(at, index, true);
      yield { at: offset * SECTOR_SIZE + 8 * ordinal, bytes: new Uint8Array(view.buffer) };
    }
  }
}

/** Plans a seSparse extent, for readers other than ESX. */
export async function planSeSparse(
  disk: Disk,
  below: Disk | null,
  { sparse, isPipe }: WriteContext,
): Promise<FilePlan> {
  const file = new SeSparseFile(disk.size);
  const options = { sparse, isPipe, unitSize: GRAIN_SIZE };
  return below === null
    ? planUnits(disk, () => file, options)
    : planDeltaUnits(disk, below, () => file, { ...options, canSayZero: true });
}
