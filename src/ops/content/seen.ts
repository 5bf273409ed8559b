/** Starts that are kept at most: 64 MiB of them. */
const MOST = 4 * 1024 * 1024;

/**
 * The first bytes of streams that were looked at, so that those that snapshots share are unpacked once. Beyond some
 * millions no more are kept, and some are unpacked again.
 */
export class SeenStarts {
  /** Open addressing; -1 is empty. */
  #slots = new Float64Array(1024).fill(-1);
  #count = 0;

  /** Keeps `start`; returns whether it was there. */
  add(start: number): boolean {
    const slot = this.#find(start);
    if (this.#slots[slot] === start) return true;
    if (this.#count >= MOST) return false;
    this.#slots[slot] = start;
    this.#count++;
    if (this.#count * 2 > this.#slots.length) this.#grow();
    return false;
  }

  /** Where `start` is, or would be. */
  #find(start: number): number {
    const mask = this.#slots.length - 1;
    let slot = (Math.imul(start % 2 ** 32, 0x9e37_79b1) ^ Math.imul(start / 2 ** 32, 0x85eb_ca6b)) >>> 0;
    slot = (slot ^ (slot >>> 15)) & mask;
    for (;;) {
      const found = this.#slots[slot] ?? -1;
      if (found === -1 || found === start) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Float64Array(old.length * 2).fill(-1);
    for (const start of old) if (start !== -1) this.#slots[this.#find(start)] = start;
  }
}
