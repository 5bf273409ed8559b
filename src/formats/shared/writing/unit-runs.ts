/** Units that follow one another. */
export interface UnitRun {
  /** First unit. */
  readonly from: number;
  /** One more than the last. */
  readonly to: number;
  /** Units of the set before the first one. */
  readonly ordinal: number;
}

/**
 * A set of units, which come in ascending order and are kept as runs: memory grows with what is stored, not with
 * the disk.
 */
export class UnitRuns {
  /** Of each run; numbers in arrays of their own take a third of what objects would. */
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  readonly #ordinal: number[] = [];
  #count = 0;

  /** Units in the set. */
  get count(): number {
    return this.#count;
  }

  /** One more than the last unit; 0 for the empty set. */
  get end(): number {
    return this.#to.at(-1) ?? 0;
  }

  /**
   * Adds the units `from` to `to - 1`; those that come before the last one that was added must be in the set
   * already.
   */
  add(from: number, to: number): void {
    const { end } = this;
    const start = Math.max(from, end);
    if (start >= to) return;
    if (end === start && this.#to.length > 0) this.#to[this.#to.length - 1] = to;
    else {
      this.#from.push(start);
      this.#to.push(to);
      this.#ordinal.push(this.#count);
    }
    this.#count += to - start;
  }

  /** How many units of the set come before `unit`; -1 where it is not in the set. */
  ordinalOf(unit: number): number {
    const index = lastUpTo(this.#from, unit);
    if (index < 0 || unit >= (this.#to[index] ?? 0)) return -1;
    return (this.#ordinal[index] ?? 0) + unit - (this.#from[index] ?? 0);
  }

  /** The parts of the runs between the units `from` and `to - 1`. */
  *between(from: number, to: number): Iterable<UnitRun> {
    for (let index = Math.max(0, lastUpTo(this.#from, from)); index < this.#from.length; index++) {
      const run = this.#run(index);
      if (run.from >= to) return;
      const start = Math.max(run.from, from);
      const end = Math.min(run.to, to);
      if (start < end) yield { from: start, to: end, ordinal: run.ordinal + start - run.from };
    }
  }

  /** The parts of the runs with the units that `from` to `to - 1` units of the set come before. */
  *ordinals(from: number, to: number): Iterable<UnitRun> {
    for (let index = Math.max(0, lastUpTo(this.#ordinal, from)); index < this.#from.length; index++) {
      const run = this.#run(index);
      if (run.ordinal >= to) return;
      const skipped = Math.max(0, from - run.ordinal);
      const count = Math.min(run.to - run.from, to - run.ordinal) - skipped;
      const start = run.from + skipped;
      if (count > 0) yield { from: start, to: start + count, ordinal: run.ordinal + skipped };
    }
  }

  /** All runs, in ascending order. */
  *[Symbol.iterator](): Iterator<UnitRun> {
    for (let index = 0; index < this.#from.length; index++) yield this.#run(index);
  }

  /** Groups of `size` units, in ascending order, of which any is in the set: tables that have something to say. */
  *groups(size: number): Iterable<number> {
    let next = 0;
    for (const { from, to } of this) {
      const last = Math.floor((to - 1) / size);
      for (let group = Math.max(next, Math.floor(from / size)); group <= last; group++) yield group;
      next = Math.max(next, last + 1);
    }
  }

  #run(index: number): UnitRun {
    return {
      from: this.#from[index] ?? 0,
      to: this.#to[index] ?? 0,
      ordinal: this.#ordinal[index] ?? 0,
    };
  }
}

/** Index of the last of some ascending numbers that is not greater than `limit`; -1 where all are. */
function lastUpTo(numbers: readonly number[], limit: number): number {
  let low = -1;
  let high = numbers.length - 1;
  // Most often the last one is meant.
  if ((numbers[high] ?? Infinity) <= limit) return high;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((numbers[middle] ?? Infinity) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
