import { SourceError } from '../errors.ts';
import { demandInside, derive } from './derived-source.ts';
import { fileOffset, type FileOffset, type MaybePromise, type Source } from './source.ts';

/** How much is kept. */
export interface CacheOptions {
  /** Bytes kept at most; default 16 MiB, at least one block. */
  readonly bytes?: number;
  /** Bytes of a block; default `cost.unit` of the source. */
  readonly block?: number;
}

/** Reads that fill more than this part of the cache go past it, for they would empty it. */
const BIGGEST_PART = 1 / 4;

/**
 * `source` with its blocks kept, those used last: for tables and headers that are read in small steps. Blocks that
 * are missing side by side are read at once, and one that is being read is not asked for twice. Big reads and streams
 * go to `source`.
 */
export function cached(source: Source, { bytes = 16 * 1024 * 1024, block }: CacheOptions = {}): Source {
  const cache = new BlockCache(source, block ?? Math.max(512, source.cost.unit), bytes);
  const { readLater, stream } = source;
  return derive(source, {
    read: (offset, length, into) => cache.read(offset, length, into),
    ...(readLater && { readLater: (offset, length, into) => readLater.call(source, offset, length, into) }),
    ...(stream && { stream: (start, end, signal) => stream.call(source, start, end, signal) }),
    close: () => {
      cache.clear();
      return source.close();
    },
  });
}

class BlockCache {
  readonly #source: Source;
  readonly #block: number;
  readonly #capacity: number;
  /** Blocks by number, the one used longest ago first. */
  readonly #kept = new Map<number, Uint8Array>();
  readonly #arriving = new Map<number, Promise<Uint8Array>>();

  constructor(source: Source, block: number, bytes: number) {
    this.#source = source;
    this.#block = block;
    this.#capacity = Math.max(1, Math.floor(bytes / block));
  }

  clear(): void {
    this.#kept.clear();
  }

  read(offset: FileOffset, length: number, into?: Uint8Array): MaybePromise<Uint8Array> {
    demandInside(this.#source, offset, length);
    if (length > Math.max(1, this.#capacity * BIGGEST_PART) * this.#block)
      return this.#source.read(offset, length, into);
    const target = into?.subarray(0, length) ?? new Uint8Array(length);
    if (length === 0) return target;
    const first = Math.floor(offset / this.#block);
    const last = Math.floor((offset + length - 1) / this.#block);
    const fill = (blocks: readonly Uint8Array[]): Uint8Array => {
      for (const [index, bytes] of blocks.entries())
        place(bytes, (first + index) * this.#block - offset, target);
      return target;
    };
    const blocks: MaybePromise<Uint8Array>[] = [];
    try {
      for (let number = first; number <= last;) {
        const known = this.#find(number);
        if (known === undefined) number += this.#load(number, last, blocks);
        else number += blocks.push(known) && 1;
      }
    } catch (error) {
      return this.#readPlain(error, offset, length, target);
    }
    if (blocks.every(isHere)) return fill(blocks);
    return Promise.all(blocks.map(async (block) => block)).then(fill, (error: unknown) =>
      this.#readPlain(error, offset, length, target),
    );
  }

  #find(number: number): MaybePromise<Uint8Array> | undefined {
    const bytes = this.#kept.get(number);
    if (bytes === undefined) return this.#arriving.get(number);
    this.#kept.delete(number);
    this.#kept.set(number, bytes);
    return bytes;
  }

  /** Reads the blocks from `first` on that are missing side by side, at most to `last`; returns how many. */
  #load(first: number, last: number, blocks: MaybePromise<Uint8Array>[]): number {
    let end = first + 1;
    while (end <= last && !this.#kept.has(end) && !this.#arriving.has(end)) end++;
    const start = first * this.#block;
    const length = Math.min(end * this.#block, this.#source.size) - start;
    const read = this.#source.read(fileOffset(start), length);
    const blockOf = (bytes: Uint8Array, number: number): Uint8Array => {
      const at = (number - first) * this.#block;
      // A part that is kept alone must not keep the whole alive.
      return end - first === 1 ? bytes : bytes.slice(at, at + this.#block);
    };
    for (let number = first; number < end; number++)
      if (read instanceof Promise) {
        const arriving = read.then((bytes) => this.#keep(number, blockOf(bytes, number)));
        this.#arriving.set(number, arriving);
        const forget = (): unknown => this.#arriving.delete(number);
        // Also where no caller waits for it, since another part of the same read failed first.
        arriving.then(forget, forget);
        blocks.push(arriving);
      } else blocks.push(this.#keep(number, blockOf(read, number)));
    return end - first;
  }

  #keep(number: number, bytes: Uint8Array): Uint8Array {
    this.#kept.set(number, bytes);
    if (this.#kept.size > this.#capacity)
      for (const oldest of this.#kept.keys()) {
        this.#kept.delete(oldest);
        break;
      }
    return bytes;
  }

  /** Reads just what was asked for where the wider read hit a bad place, which may be beside it. */
  #readPlain(
    error: unknown,
    offset: FileOffset,
    length: number,
    target: Uint8Array,
  ): MaybePromise<Uint8Array> {
    if (error instanceof SourceError && ['EIO', 'short-read'].includes(error.code))
      return this.#source.read(offset, length, target);
    throw error;
  }
}

/** Copies `bytes`, which begin at byte `at` of the target, as far as they are inside it. */
function place(bytes: Uint8Array, at: number, target: Uint8Array): void {
  const skipped = Math.max(0, -at);
  const count = Math.min(bytes.length - skipped, target.length - Math.max(0, at));
  if (count > 0) target.set(bytes.subarray(skipped, skipped + count), Math.max(0, at));
}

function isHere(block: MaybePromise<Uint8Array>): block is Uint8Array {
  return !(block instanceof Promise);
}
