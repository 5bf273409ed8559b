import type { Chunk } from '../model/disk.ts';

/** What a disk has from a place on: bytes, or zeros for `null`. */
export interface Stretch {
  readonly bytes: Uint8Array | null;
  /** Guest byte after it. */
  readonly end: number;
}

/** Reads a disk forward. */
export class ChunkCursor {
  readonly #chunks: AsyncIterator<Chunk>;
  readonly #size: number;
  #chunk: Chunk | null = null;

  constructor(chunks: AsyncIterable<Chunk>, size: number) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#size = size;
  }

  /** What is stored from byte `at` on, which is no less than the last time. After the disk's end there are zeros. */
  async at(at: number): Promise<Stretch> {
    if (at >= this.#size) return { bytes: null, end: Infinity };
    while (this.#chunk === null || this.#chunk.start + this.#chunk.length <= at) {
      const next = await this.#chunks.next();
      if (next.done === true) throw new Error(`nothing is told of guest byte ${at}`);
      this.#chunk = next.value;
    }
    const { start, length } = this.#chunk;
    const bytes = this.#chunk.kind === 'data' ? this.#chunk.bytes.subarray(at - start) : null;
    return { bytes, end: start + length };
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
