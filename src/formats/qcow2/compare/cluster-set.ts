/**
 * Clusters whose bits share one chunk. Small, so that memory stays in proportion to what sets them, in sparse files
 * too.
 */
const CHUNK_BITS = 15;
const CHUNK_CLUSTERS = 2 ** CHUNK_BITS;

/** A set of cluster numbers, one bit each in the parts of the file that are in use. */
export class ClusterSet {
  readonly #chunks = new Map<number, Uint32Array>();

  has(cluster: number): boolean {
    const words = this.#chunks.get(Math.floor(cluster / CHUNK_CLUSTERS));
    const bit = cluster % CHUNK_CLUSTERS;
    return words !== undefined && (((words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
  }

  /** Sets the 32 members from `first` on, a multiple of 32: bit n of `word` means cluster `first + n`. */
  setWord(first: number, word: number): void {
    if (word === 0) return;
    const chunk = Math.floor(first / CHUNK_CLUSTERS);
    let words = this.#chunks.get(chunk);
    if (words === undefined) this.#chunks.set(chunk, (words = new Uint32Array(CHUNK_CLUSTERS / 32)));
    words[(first % CHUNK_CLUSTERS) >>> 5] = word;
  }
}
