const CHUNK_UNITS = 1 << 20;
const SATURATED = 0xffff;

/**
 * Counts by unit number, two bytes each, in chunks that exist only where something was counted; larger counts
 * aside.
 */
export class UnitCounts {
  readonly #chunks: (Uint16Array | undefined)[] = [];
  readonly #chunkUnits: number;
  /** What went above 65535. */
  readonly #excess = new Map<number, number>();

  /** @param capacity one more than the greatest number that may be counted */
  constructor(capacity: number) {
    this.#chunkUnits = Math.min(CHUNK_UNITS, Math.ceil(capacity / 32) * 32);
  }

  get(unit: number): number {
    const chunk = Math.floor(unit / CHUNK_UNITS);
    const count = this.#chunks[chunk]?.[unit - chunk * CHUNK_UNITS] ?? 0;
    return count === SATURATED ? count + (this.#excess.get(unit) ?? 0) : count;
  }

  /** Counts of units `chunk * 2^20` and on, 65535 standing for that or more; `undefined` where none was counted. */
  chunk(chunk: number): Uint16Array | undefined {
    return this.#chunks[chunk];
  }

  /** Counts `weight` references to each of `count` units from `first` on. */
  addRun(first: number, count: number, weight: number): void {
    for (let unit = first; unit < first + count; unit++) {
      const chunk = Math.floor(unit / CHUNK_UNITS);
      const counts = this.#chunks[chunk] ?? this.#makeChunk(chunk);
      const slot = unit - chunk * CHUNK_UNITS;
      const sum = (counts[slot] ?? 0) + weight;
      counts[slot] = Math.min(sum, SATURATED);
      if (sum > SATURATED) this.#excess.set(unit, (this.#excess.get(unit) ?? 0) + sum - SATURATED);
    }
  }

  #makeChunk(chunk: number): Uint16Array {
    const counts = new Uint16Array(this.#chunkUnits);
    this.#chunks[chunk] = counts;
    return counts;
  }
}
