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
  readonly #runs: { readonly from: number; to: number; readonly ordinal: number }[] = [];
  #count = 0;

  /** Units in the set. */
  get count(): number {
    return this.#count;
  }

  /** One more than the last unit; 0 for the empty set. */
  get end(): number {
    return this.#runs.at(-1)?.to ?? 0;
  }

  /**
   * Adds the units `from` to `to - 1`; those that come before the last one that was added must be in the set
   * already.
   */
  add(from: number, to: number): void {
    const last = this.#runs.at(-1);
    const start = Math.max(from, last?.to ?? 0);
    if (start >= to) return;
    if (last?.to === start) last.to = to;
    else this.#runs.push({ from: start, to, ordinal: this.#count });
    this.#count += to - start;
  }

  /** How many units of the set come before `unit`; -1 where it is not in the set. */
  ordinalOf(unit: number): number {
    const run = this.#runs[this.#search(unit)];
    return run === undefined || unit >= run.to ? -1 : run.ordinal + unit - run.from;
  }

  /** The parts of the runs between the units `from` and `to - 1`. */
  *between(from: number, to: number): Iterable<UnitRun> {
    for (let index = Math.max(0, this.#search(from)); index < this.#runs.length; index++) {
      const run = this.#runs[index];
      if (run === undefined || run.from >= to) return;
      const start = Math.max(run.from, from);
      const end = Math.min(run.to, to);
      if (start < end) yield { from: start, to: end, ordinal: run.ordinal + start - run.from };
    }
  }

  /** The parts of the runs with the units that `from` to `to - 1` units of the set come before. */
  *ordinals(from: number, to: number): Iterable<UnitRun> {
    if (from >= to) return;
    for (let index = this.#searchOrdinal(from); index < this.#runs.length; index++) {
      const run = this.#runs[index];
      if (run === undefined || run.ordinal >= to) return;
      const skipped = Math.max(0, from - run.ordinal);
      const count = Math.min(run.to - run.from, to - run.ordinal) - skipped;
      const start = run.from + skipped;
      if (count > 0) yield { from: start, to: start + count, ordinal: run.ordinal + skipped };
    }
  }

  /** All runs, in ascending order. */
  [Symbol.iterator](): Iterator<UnitRun> {
    return this.#runs[Symbol.iterator]();
  }

  /** Groups of `size` units, in ascending order, of which any is in the set: tables that have something to say. */
  *groups(size: number): Iterable<number> {
    let next = 0;
    for (const { from, to } of this.#runs) {
      const last = Math.floor((to - 1) / size);
      for (let group = Math.max(next, Math.floor(from / size)); group <= last; group++) yield group;
      next = Math.max(next, last + 1);
    }
  }

  /** Index of the last run that begins at `unit` or before it; -1 where none does. */
  #search(unit: number): number {
    return this.#lastRun((run) => run.from <= unit);
  }

  #searchOrdinal(ordinal: number): number {
    return Math.max(
      0,
      this.#lastRun((run) => run.ordinal <= ordinal),
    );
  }

  /** Index of the last run for which `test` is true, as it is for all before it; -1 where it is true for none. */
  #lastRun(test: (run: UnitRun) => boolean): number {
    let low = -1;
    let high = this.#runs.length - 1;
    const last = this.#runs[high];
    // Most often the last one is meant.
    if (last !== undefined && test(last)) return high;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      const run = this.#runs[middle];
      if (run !== undefined && test(run)) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
