/** Gives host clusters away in ascending order, and packs compressed ones into what is left of the last. */
export class Allocator {
  readonly #clusterSize: number;
  /** References that one cluster may have. */
  readonly #maxCount: number;
  /** Clusters that may be stored after one that still takes streams. */
  readonly #mostPassed: number;
  /** Byte position of the next cluster that is free. */
  #next: number;
  /** Where the next stream may begin: inside a cluster that has streams, or -1. */
  #free = -1;
  /** Clusters given away since the one with `#free`. */
  #passed = 0;
  /** Counts of clusters that streams are in, by cluster number from `#first` on. */
  #counts = new Uint16Array(0);
  readonly #first: number;

  /** @param start byte position of the first cluster to give away */
  constructor(clusterSize: number, start: number, refcountOrder: number) {
    this.#clusterSize = clusterSize;
    this.#maxCount = refcountOrder >= 4 ? 0xffff : 2 ** (2 ** refcountOrder) - 1;
    this.#mostPassed = Math.max(4, MOST_PASSED / clusterSize);
    this.#next = start;
    this.#first = start / clusterSize;
  }

  /** Byte position after all that was given away. */
  get end(): number {
    return this.#next;
  }

  /** Whether streams may still go before clusters that were given away. */
  get isOpen(): boolean {
    return this.#free >= 0 && this.#passed > 0;
  }

  /** Takes `count` clusters that follow one another. */
  take(count: number): number {
    const at = this.#next;
    this.#next += count * this.#clusterSize;
    if (this.#free < 0) return at;
    this.#passed += count;
    if (this.#passed > this.#mostPassed) this.close();
    return at;
  }

  /** Takes `size` bytes, fewer than a cluster has, of any alignment. */
  pack(size: number): number {
    const clusterSize = this.#clusterSize;
    if (this.#free >= 0 && this.#countAt(this.#free) >= this.#maxCount) this.close();
    const left = this.#free < 0 ? 0 : clusterSize - (this.#free % clusterSize);
    if (size > left) {
      // A stream may go on in the next cluster where that is the next one in the file.
      if (this.#free < 0 || this.#passed > 0) {
        this.close();
        this.#free = this.#next;
      }
      this.#next += clusterSize;
    }
    const at = this.#free;
    const last = at + size - 1;
    this.#count(at);
    if (Math.floor(last / clusterSize) !== Math.floor(at / clusterSize)) this.#count(last);
    this.#free = at + size;
    if (this.#free % clusterSize === 0) this.close();
    return at;
  }

  /** Nothing more is packed into the last cluster with streams. */
  close(): void {
    this.#free = -1;
    this.#passed = 0;
  }

  /** References of the cluster with that number: 1 unless several streams are in it. */
  countOf(cluster: number): number {
    const count = this.#counts[cluster - this.#first] ?? 0;
    return count === 0 ? 1 : count;
  }

  #countAt(position: number): number {
    return this.#counts[Math.floor(position / this.#clusterSize) - this.#first] ?? 0;
  }

  #count(position: number): void {
    const index = Math.floor(position / this.#clusterSize) - this.#first;
    if (index >= this.#counts.length) {
      const longer = new Uint16Array(Math.max(1024, 2 * index));
      longer.set(this.#counts);
      this.#counts = longer;
    }
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
  }
}

/** Bytes of clusters that may be stored after one that still takes streams: they are kept in memory until then. */
const MOST_PASSED = 2 * 1024 * 1024;
