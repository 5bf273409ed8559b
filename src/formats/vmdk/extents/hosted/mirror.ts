import { fileOffset, type Source } from '../../../../io/source.ts';
import { SECTOR_SIZE } from '../../../../model/offsets.ts';
import { areEqualBytes } from '../../../shared/equal-bytes.ts';
import type { TableBatch } from '../../../shared/table-walk.ts';

/** Reads copies of tables into memory of its own. */
export class CopyReader {
  readonly #source: Source;
  readonly #tableSize: number;
  #scratch = new Uint8Array(0);

  constructor(source: Source, tableSize: number) {
    this.#source = source;
    this.#tableSize = tableSize;
  }

  /** `tables` neighbouring tables from sector `sector` on, which are inside the file. Valid until the next call. */
  read(sector: number, tables: number): Uint8Array | Promise<Uint8Array> {
    const length = tables * this.#tableSize;
    if (this.#scratch.length < length) this.#scratch = new Uint8Array(length);
    return this.#source.read(fileOffset(sector * SECTOR_SIZE), length, this.#scratch);
  }
}

/**
 * Compares tables with their copies while they are in memory anyway. It only finds out whether there is
 * anything to explain: where copies are not neighbours, as they are in every sound image, it says so too.
 */
export class MirrorCheck {
  readonly #source: Source;
  readonly #tableSize: number;
  readonly #rgd: Uint32Array;
  readonly #copies: CopyReader;
  /** Whether all tables so far were equal to their copies. */
  isEqual = true;

  constructor(source: Source, tableSize: number, rgd: Uint32Array) {
    this.#source = source;
    this.#tableSize = tableSize;
    this.#rgd = rgd;
    this.#copies = new CopyReader(source, tableSize);
  }

  /** Compares a batch of tables, as long as nothing was found. */
  compare({ first, count, bytes }: TableBatch): void | Promise<void> {
    if (!this.isEqual) return undefined;
    this.isEqual = this.#areNeighbours(first, count);
    if (!this.isEqual) return undefined;
    const read = this.#copies.read(this.#rgd[first] ?? 0, count);
    if (read instanceof Promise) return read.then((copy) => this.#judge(bytes, copy));
    return this.#judge(bytes, read);
  }

  #judge(bytes: Uint8Array, copy: Uint8Array): void {
    this.isEqual = areEqualBytes(bytes.subarray(0, copy.length), copy);
  }

  #areNeighbours(first: number, count: number): boolean {
    const sector = this.#rgd[first] ?? 0;
    const step = this.#tableSize / SECTOR_SIZE;
    for (let index = 1; index < count; index++)
      if (this.#rgd[first + index] !== sector + index * step) return false;
    return sector > 0 && sector * SECTOR_SIZE + count * this.#tableSize <= this.#source.size;
  }
}
