const CHUNK_UNITS = 1 << 20;
const CHUNK_WORDS = CHUNK_UNITS / 32;

/**
 * A set of unit numbers, one bit each, in chunks that exist only where something was set. Numbers may go up to
 * 2^52.
 */
export class UnitBitmap {
  readonly #chunks: (Uint32Array | undefined)[] = [];
  readonly #chunkWords: number;

  /** @param capacity one more than the greatest number that may be added */
  constructor(capacity: number) {
    this.#chunkWords = Math.min(CHUNK_WORDS, Math.ceil(capacity / 32));
  }

  /**
   * Words of units `chunk * 2^20` and on, least significant bit first, as far as there are such units; `undefined`
   * where none is set.
   */
  chunk(chunk: number): Uint32Array | undefined {
    return this.#chunks[chunk];
  }

  /** One more than the last chunk that exists. */
  get chunkCount(): number {
    return this.#chunks.length;
  }

  has(unit: number): boolean {
    const chunk = Math.floor(unit / CHUNK_UNITS);
    const bit = unit - chunk * CHUNK_UNITS;
    const word = this.#chunks[chunk]?.[bit >>> 5] ?? 0;
    return ((word >>> (bit & 31)) & 1) === 1;
  }

  /** Adds a unit; says whether it was there already. */
  add(unit: number): boolean {
    const chunk = Math.floor(unit / CHUNK_UNITS);
    const bit = unit - chunk * CHUNK_UNITS;
    const words = this.#chunks[chunk] ?? this.#makeChunk(chunk);
    const mask = 1 << (bit & 31);
    const old = words[bit >>> 5] ?? 0;
    words[bit >>> 5] = old | mask;
    return (old & mask) !== 0;
  }

  /** Adds `count` units from `first` on; those that were there already go to `onTaken`. */
  addRun(first: number, count: number, onTaken: (unit: number) => void): void {
    const end = first + count;
    for (let unit = first; unit < end;) {
      const chunk = Math.floor(unit / CHUNK_UNITS);
      const bit = unit - chunk * CHUNK_UNITS;
      const words = this.#chunks[chunk] ?? this.#makeChunk(chunk);
      const width = Math.min(32 - (bit & 31), end - unit);
      const mask = width === 32 ? -1 : ((1 << width) - 1) << (bit & 31);
      const old = words[bit >>> 5] ?? 0;
      const taken = old & mask;
      words[bit >>> 5] = old | mask;
      if (taken !== 0) reportTaken(taken, unit - (bit & 31), onTaken);
      unit += width;
    }
  }

  #makeChunk(chunk: number): Uint32Array {
    const words = new Uint32Array(this.#chunkWords);
    this.#chunks[chunk] = words;
    return words;
  }
}

function reportTaken(taken: number, firstUnit: number, onTaken: (unit: number) => void): void {
  for (let bit = 0; bit < 32; bit++) if ((taken >>> bit) & 1) onTaken(firstUnit + bit);
}
