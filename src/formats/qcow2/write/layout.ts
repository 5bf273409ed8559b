import type { Part } from '../../../model/writer.ts';
import { roundUp } from '../layout/geometry.ts';
import { Allocator } from './allocator.ts';
import type { RefcountShape } from './refcounts.ts';
import type { L2Table } from './tables.ts';
import type { Unit } from './units.ts';
import type { Qcow2Settings } from './settings.ts';

const SECTOR = 512;

/** Bytes of L2 tables that are complete and wait for a place. */
const TABLE_BYTES = 1024 * 1024;

/** The file of guest data where it is not the image. */
const DATA_FILE = 1;

/** Gives units their places in the file, and puts them into an L2 table. */
export class Placer {
  readonly allocator: Allocator;
  readonly #settings: Qcow2Settings;
  readonly #l2Entries: number;
  /** Position after the last byte of guest data. */
  #end = 0;
  #tables = 0;

  constructor(settings: Qcow2Settings, l2Entries: number, start: number) {
    this.#settings = settings;
    this.#l2Entries = l2Entries;
    this.allocator = new Allocator(settings.clusterSize, start, settings.refcountOrder);
  }

  /**
   * @param packedSize bytes of the unit's stream; 0 where it is not packed
   * @returns the byte position; -1 for zeros, which have none
   */
  place(unit: Omit<Unit, 'bytes' | 'packed'>, packedSize: number, table: L2Table | null): number {
    const { index, count, kind, allocated, zeros } = unit;
    const { clusterSize, dataFile } = this.#settings;
    const entry = index % this.#l2Entries;
    if (kind === 'zero') {
      table?.setZero(entry, count, zeros);
      return -1;
    }
    if (packedSize > 0) {
      const position = this.allocator.pack(packedSize);
      this.#end = Math.max(this.#end, position + packedSize);
      table?.setPacked(entry, position, packedSize);
      return position;
    }
    const position = dataFile === null ? this.allocator.take(count) : index * clusterSize;
    if (dataFile === null) this.#end = position + count * clusterSize;
    table?.setStored(entry, count, position, allocated, zeros);
    return position;
  }

  /**
   * Tells that an L2 table is complete. Streams go on from the clusters of one table to those of the next, until
   * some tables are.
   *
   * @returns whether nothing more is packed before what comes next
   */
  endTable(): boolean {
    if (++this.#tables < Math.max(1, TABLE_BYTES / this.#settings.clusterSize)) return false;
    this.#tables = 0;
    this.allocator.close();
    return true;
  }

  /**
   * Bytes of a file in which all has its place: what is zeros at its end is left out, of the data as of the
   * refcount table, whichever is last.
   */
  fileSize({ clusters, blocks }: RefcountShape): number {
    const { clusterSize } = this.#settings;
    const dataTail = this.#end % clusterSize;
    const tableTail = (8 * blocks) % clusterSize;
    const tail = Math.max(dataTail === 0 ? clusterSize : dataTail, tableTail === 0 ? clusterSize : tableTail);
    return (clusters - 1) * clusterSize + roundUp(tail, SECTOR);
  }
}

/** Puts parts in the order of the file: clusters wait while streams may still go before them. */
export class PartOrder {
  readonly #allocator: Allocator;
  readonly #settings: Qcow2Settings;
  readonly #size: number;
  #waiting: Part[] = [];

  /** @param size bytes of the guest's disk: a data file has no more */
  constructor(allocator: Allocator, settings: Qcow2Settings, size: number) {
    this.#allocator = allocator;
    this.#settings = settings;
    this.#size = size;
  }

  /** The parts that can be written once `unit` has its place. */
  *add(unit: Unit, position: number): Iterable<Part> {
    const part = this.#partOf(unit, position);
    const { isOpen } = this.#allocator;
    const isInFront = part !== null && position < (this.#waiting[0]?.at ?? 0);
    if (isInFront) yield part;
    if (!isOpen) yield* this.finish();
    if (part === null || isInFront) return;
    if (isOpen && part.file === 0) this.#waiting.push(part);
    else yield part;
  }

  #partOf({ kind, packed, bytes, index }: Unit, position: number): Part | null {
    if (kind !== 'data') return null;
    if (this.#settings.dataFile === null) return { file: 0, at: position, bytes: packed ?? bytes };
    const at = index * this.#settings.clusterSize;
    return { file: DATA_FILE, at, bytes: bytes.subarray(0, this.#size - at) };
  }

  /** What waits; nothing goes before it any more. */
  *finish(): Iterable<Part> {
    const waiting = this.#waiting;
    this.#waiting = [];
    yield* waiting;
  }
}
