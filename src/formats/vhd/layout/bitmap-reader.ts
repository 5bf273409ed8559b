import { scattered } from '../../../io/scattered.ts';
import { whenRead, type MaybePromise, type Source } from '../../../io/source.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import { bitmapOf, readBitmap } from './bitmap.ts';
import { UNALLOCATED, type BlockTable } from './image.ts';

/** Bytes of bitmaps that are fetched side by side. */
const BATCH_BYTES = 64 * 1024;

/**
 * What a read of a file costs: where it is more, it is a round trip over a network, and one for each bitmap would
 * be too slow.
 */
const NEAR_UNIT = 4096;

/**
 * Reads the sector bitmaps of blocks in the order of the disk: at once from a file, many side by side from far
 * away.
 */
export class BitmapReader {
  readonly #source: Source;
  readonly #blocks: BlockTable;
  readonly #scratch: Uint8Array;
  readonly #isFar: boolean;
  /** Bitmaps that were fetched ahead, by block. */
  #fetched = new Map<number, Uint8Array>();
  /** Blocks `#from` to `#to - 1` are those that were fetched, as far as they have bitmaps. */
  #from = 0;
  #to = 0;

  constructor(source: Source, blocks: BlockTable) {
    this.#source = source;
    this.#blocks = blocks;
    this.#scratch = new Uint8Array(blocks.bitmapBytes);
    this.#isFar = source.cost.unit > NEAR_UNIT;
  }

  /**
   * The bitmap of a block that is stored, highest bit first; valid until the next is asked for.
   *
   * @returns `null` where the file ends before it
   */
  read(index: number): MaybePromise<Uint8Array | null> {
    const sector = this.#blocks.entries[index] ?? 0;
    if (!this.#isFar) return readBitmap(this.#source, this.#blocks, sector, this.#scratch);
    if (index >= this.#from && index < this.#to) return this.#fetched.get(index) ?? null;
    return whenRead(this.#fetch(index), () => this.#fetched.get(index) ?? null);
  }

  #fetch(first: number): MaybePromise<void> {
    const { entries, bitmapBytes } = this.#blocks;
    const indexes: number[] = [];
    const most = Math.max(1, Math.floor(BATCH_BYTES / bitmapBytes));
    for (let index = first; index < entries.length && indexes.length < most; index++)
      if (entries[index] !== UNALLOCATED) indexes.push(index);
    this.#fetched = new Map();
    [this.#from, this.#to] = [first, (indexes.at(-1) ?? first) + 1];
    const offsets = indexes.map((index) => (entries[index] ?? 0) * SECTOR_SIZE);
    return scattered(this.#source, offsets, bitmapBytes, (number, bytes) => {
      const index = indexes[number];
      if (index !== undefined) this.#fetched.set(index, bitmapOf(this.#blocks, bytes.slice()));
    });
  }
}
