/** A range that is kept when it passes. */
interface KeptRange {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/**
 * What is kept of a stream: its beginning, the last bytes that passed, and ranges that were asked for before they
 * came.
 */
export class StreamMemory {
  readonly #headBytes: number;
  readonly #tail: Uint8Array;
  #head: Uint8Array;
  #budget: number;
  #position = 0;
  /** In the order of their start. */
  readonly #kept: KeptRange[] = [];
  /** Of them those that passed whole, from the first on. */
  #done = 0;
  /** Bytes of the longest. */
  #longest = 0;

  constructor(head: number, tail: number, budget: number) {
    this.#headBytes = head;
    this.#head = new Uint8Array(Math.min(head, 64 * 1024));
    this.#tail = new Uint8Array(tail);
    this.#budget = budget;
  }

  /** Bytes that passed. */
  get position(): number {
    return this.#position;
  }

  /** Whether all of a range passed and is kept. */
  has(start: number, length: number): boolean {
    return this.#walk(start, length, () => undefined);
  }

  /** Fills `target` with the bytes from `start` on; returns false where not all of them are kept. */
  read(start: number, target: Uint8Array): boolean {
    return this.#walk(start, target.length, (bytes, at) => target.set(bytes, at));
  }

  /** Takes note of a range that is to be kept when it passes; returns false where the budget does not allow it. */
  keep(start: number, length: number): boolean {
    if (length > this.#budget) return false;
    this.#budget -= length;
    this.#longest = Math.max(this.#longest, length);
    let at = this.#kept.length;
    while (at > 0 && (this.#kept[at - 1]?.start ?? 0) > start) at--;
    this.#kept.splice(at, 0, { start, bytes: new Uint8Array(length) });
    return true;
  }

  /** Bytes that pass. They are copied where they are kept. */
  pass(bytes: Uint8Array): void {
    const start = this.#position;
    const end = start + bytes.length;
    if (start < this.#headBytes) this.#passHead(bytes.subarray(0, this.#headBytes - start));
    for (let index = this.#done; index < this.#kept.length; index++) {
      const range = this.#kept[index];
      if (range === undefined || range.start >= end) break;
      if (index === this.#done && range.start + range.bytes.length <= end) this.#done++;
      const from = Math.max(start, range.start);
      const until = Math.min(end, range.start + range.bytes.length);
      if (from < until) range.bytes.set(bytes.subarray(from - start, until - start), from - range.start);
    }
    this.#passTail(bytes);
    this.#position = end;
  }

  #passHead(bytes: Uint8Array): void {
    const end = this.#position + bytes.length;
    if (end > this.#head.length) {
      const larger = new Uint8Array(Math.min(this.#headBytes, Math.max(end, this.#head.length * 2)));
      larger.set(this.#head);
      this.#head = larger;
    }
    this.#head.set(bytes, this.#position);
  }

  /** A ring: byte N of the stream is at N modulo its length. */
  #passTail(bytes: Uint8Array): void {
    const { length } = this.#tail;
    if (length === 0) return;
    const last = bytes.subarray(Math.max(0, bytes.length - length));
    const at = (this.#position + bytes.length - last.length) % length;
    const first = last.subarray(0, length - at);
    this.#tail.set(first, at);
    this.#tail.set(last.subarray(first.length), 0);
  }

  /** Goes through the kept pieces of a range in order; returns false where one is missing. */
  #walk(start: number, length: number, use: (bytes: Uint8Array, at: number) => void): boolean {
    const end = start + length;
    if (end > this.#position) return false;
    for (let at = start; at < end;) {
      const bytes = this.#pieceAt(at, end);
      if (bytes === null) return false;
      use(bytes, at - start);
      at += bytes.length;
    }
    return true;
  }

  /** Kept bytes from `at` on, one at least and none after `end`. */
  #pieceAt(at: number, end: number): Uint8Array | null {
    if (at < this.#headBytes) return this.#head.subarray(at, Math.min(end, this.#headBytes));
    const { length } = this.#tail;
    if (at >= this.#position - length) {
      const from = at % length;
      return this.#tail.subarray(from, Math.min(length, from + end - at));
    }
    let [low, high] = [0, this.#kept.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#kept[middle]?.start ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    for (let index = low - 1; index >= 0; index--) {
      const range = this.#kept[index];
      if (range === undefined || at - range.start >= this.#longest) break;
      if (at < range.start + range.bytes.length)
        return range.bytes.subarray(at - range.start, end - range.start);
    }
    return null;
  }
}
