/** How often each of many positions occurs; 12 bytes for each, whatever they are. */
export class OffsetCounts {
  /** Ascending, each once. */
  readonly #offsets: Float64Array;
  readonly #counts: Uint32Array;

  /** @param occurrences positions in any order; zeros are none. The array is taken over and sorted. */
  constructor(occurrences: Float64Array) {
    occurrences.sort();
    let length = 0;
    const counts = new Uint32Array(occurrences.length);
    for (const offset of occurrences) {
      if (offset === 0) continue;
      if (length === 0 || occurrences[length - 1] !== offset) occurrences[length++] = offset;
      counts[length - 1] = (counts[length - 1] ?? 0) + 1;
    }
    this.#offsets = occurrences.subarray(0, length);
    this.#counts = counts.subarray(0, length);
  }

  /** Number of different positions. */
  get size(): number {
    return this.#offsets.length;
  }

  /** Rank of a position among the different ones; -1 where it does not occur. */
  find(offset: number): number {
    let low = 0;
    let high = this.#offsets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#offsets[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return this.#offsets[low] === offset ? low : -1;
  }

  /** How often the position of that rank occurs. */
  count(rank: number): number {
    return this.#counts[rank] ?? 0;
  }
}

/** Sets every occurrence of a position but the first to 0. */
export function keepFirst(offsets: Float64Array): void {
  if (isAscending(offsets)) return;
  const counts = new OffsetCounts(offsets.slice());
  const seen = new Uint8Array(counts.size);
  for (const [index, offset] of offsets.entries()) {
    const rank = counts.find(offset);
    if (rank < 0 || counts.count(rank) === 1) continue;
    if (seen[rank] === 1) offsets[index] = 0;
    seen[rank] = 1;
  }
}

/** Whether the positions, zeros aside, grow from one to the next: then none repeats. */
function isAscending(offsets: Float64Array): boolean {
  let last = 0;
  for (const offset of offsets) {
    if (offset === 0) continue;
    if (offset <= last) return false;
    last = offset;
  }
  return true;
}
