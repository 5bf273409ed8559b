import type { Part } from '../../../model/writer.ts';
import { Allocator } from './allocator.ts';
import type { L2Table } from './tables.ts';
import type { Unit } from './units.ts';
import type { Qcow2Settings } from './settings.ts';

/** The file of guest data where it is not the image. */
const DATA_FILE = 1;

/** Gives units their places in the file, and puts them into an L2 table. */
export class Placer {
  readonly allocator: Allocator;
  readonly #settings: Qcow2Settings;
  readonly #l2Entries: number;

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
      table?.setPacked(entry, position, packedSize);
      return position;
    }
    const position = dataFile === null ? this.allocator.take(count) : index * clusterSize;
    table?.setStored(entry, count, position, allocated, zeros);
    return position;
  }
}

/** Puts parts in the order of the file: clusters wait while streams may still go in front of them. */
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
    if (!this.#allocator.isOpen) yield* this.finish();
    if (unit.kind !== 'data') return;
    const { packed, bytes, index } = unit;
    if (this.#settings.dataFile !== null) {
      const at = index * this.#settings.clusterSize;
      yield { file: DATA_FILE, at, bytes: bytes.subarray(0, this.#size - at) };
    } else if (packed !== null) yield { file: 0, at: position, bytes: packed };
    else if (this.#allocator.isOpen) this.#waiting.push({ file: 0, at: position, bytes });
    else yield { file: 0, at: position, bytes };
  }

  /** What waits; nothing goes in front of it any more. */
  *finish(): Iterable<Part> {
    const waiting = this.#waiting;
    this.#waiting = [];
    yield* waiting;
  }
}
