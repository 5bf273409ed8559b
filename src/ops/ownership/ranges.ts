import type { FileRange } from '../../model/owners.ts';

/** What every list begins with: most stay empty. */
const NO_BOUNDS = new Float64Array(0);
const FIRST_BOUNDS = 64;

/** Takes byte ranges. */
export interface RangeTaker {
  push(start: number, end: number): void;
}

/** A growing list of byte ranges, 16 bytes each. */
export class RangeList implements RangeTaker {
  #bounds = NO_BOUNDS;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  start(index: number): number {
    return this.#bounds[2 * index] ?? 0;
  }

  /** First byte after range `index`. */
  end(index: number): number {
    return this.#bounds[2 * index + 1] ?? 0;
  }

  push(start: number, end: number): void {
    if (2 * this.#length === this.#bounds.length) {
      const grown = new Float64Array(Math.max(FIRST_BOUNDS, this.#bounds.length * 2));
      grown.set(this.#bounds);
      this.#bounds = grown;
    }
    this.#bounds[2 * this.#length] = start;
    this.#bounds[2 * this.#length + 1] = end;
    this.#length++;
  }

  /** The same ranges in order of their start. */
  sorted(): RangeList {
    const order = new Uint32Array(this.#length);
    for (let index = 0; index < order.length; index++) order[index] = index;
    order.sort((a, b) => this.start(a) - this.start(b) || this.end(a) - this.end(b));
    const sorted = new RangeList();
    for (const index of order) sorted.push(this.start(index), this.end(index));
    return sorted;
  }

  /** The same bytes as ranges in ascending order, those that intersect made one; those that only touch stay apart. */
  merged(): RangeList {
    const sorted = this.sorted();
    const merged = new RangeList();
    for (let index = 0; index < sorted.length;) {
      const start = sorted.start(index);
      let end = sorted.end(index);
      while (++index < sorted.length && sorted.start(index) < end) end = Math.max(end, sorted.end(index));
      merged.push(start, end);
    }
    return merged;
  }

  /** Index of the first range of a merged list that ends after `position`; `length` where none does. */
  firstEndingAfter(position: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.end(middle) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  *[Symbol.iterator](): Iterator<FileRange> {
    for (let index = 0; index < this.#length; index++)
      yield { start: this.start(index), length: this.end(index) - this.start(index) };
  }
}

/** Ranges that are merged before they are looked at: a range that comes a thousand times is kept about twice. */
export class MergingRanges implements RangeTaker {
  #ranges = new RangeList();
  #mergeAt = MERGE_FROM;

  push(start: number, end: number): void {
    if (this.#ranges.length >= this.#mergeAt) {
      this.#ranges = this.#ranges.merged();
      this.#mergeAt = Math.max(MERGE_FROM, 2 * this.#ranges.length);
    }
    this.#ranges.push(start, end);
  }

  /** As `RangeList.merged`. */
  merged(): RangeList {
    return this.#ranges.merged();
  }
}

const MERGE_FROM = 1 << 14;
