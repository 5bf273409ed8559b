const CHUNK_UNITS = 1 << 20;
const SATURATED = 0xffff;

/** Counts by unit number, two bytes each, in chunks that exist only where something was counted; larger counts aside. */
export class UnitCounts {
  readonly #chunks: (Uint16Array | undefined)[] = [];
  /** What went beyond 65535. */
  readonly #excess = new Map<number, number>();

  get(unit: number): number {
    const chunk = Math.floor(unit / CHUNK_UNITS);
    const count = this.#chunks[chunk]?.[unit - chunk * CHUNK_UNITS] ?? 0;
    return count === SATURATED ? count + (this.#excess.get(unit) ?? 0) : count;
  }

  /** Counts one reference to each of `count` units from `first` on. */
  addRun(first: number, count: number): void {
    for (let unit = first; unit < first + count; unit++) {
      const chunk = Math.floor(unit / CHUNK_UNITS);
      const counts = this.#chunks[chunk] ?? this.#makeChunk(chunk);
      const slot = unit - chunk * CHUNK_UNITS;
      const old = counts[slot] ?? 0;
      if (old === SATURATED) this.#excess.set(unit, (this.#excess.get(unit) ?? 0) + 1);
      else counts[slot] = old + 1;
    }
  }

  #makeChunk(chunk: number): Uint16Array {
    const counts = new Uint16Array(CHUNK_UNITS);
    this.#chunks[chunk] = counts;
    return counts;
  }
}
