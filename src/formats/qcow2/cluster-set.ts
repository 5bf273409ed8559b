/** Clusters whose bits share one chunk; chunks without a member take no memory, so holes in a sparse file are free. */
const CHUNK_BITS = 20;
const CHUNK_MASK = 2 ** CHUNK_BITS - 1;

/** A set of cluster numbers, one bit each in the parts of the file that are in use. */
export class ClusterSet {
  readonly #chunks = new Map<number, Uint32Array>();

  /** Adds `cluster`; `false` when it was there already. */
  add(cluster: number): boolean {
    const words = this.#chunk(Math.floor(cluster / 2 ** CHUNK_BITS));
    const bit = cluster & CHUNK_MASK;
    const word = words[bit >>> 5] ?? 0;
    const mask = 1 << (bit & 31);
    if ((word & mask) !== 0) return false;
    words[bit >>> 5] = word | mask;
    return true;
  }

  has(cluster: number): boolean {
    const words = this.#chunks.get(Math.floor(cluster / 2 ** CHUNK_BITS));
    const bit = cluster & CHUNK_MASK;
    return words !== undefined && ((words[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  }

  /** Replaces the 32 members from `first` on, a multiple of 32: bit n stands for cluster `first + n`. */
  setWord(first: number, word: number): void {
    if (word === 0) return;
    this.#chunk(Math.floor(first / 2 ** CHUNK_BITS))[(first & CHUNK_MASK) >>> 5] = word;
  }

  #chunk(number: number): Uint32Array {
    const found = this.#chunks.get(number);
    if (found !== undefined) return found;
    const made = new Uint32Array(2 ** (CHUNK_BITS - 5));
    this.#chunks.set(number, made);
    return made;
  }
}
