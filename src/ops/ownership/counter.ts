import type { FileOffset } from '../../io/source.ts';
import type {
  AllocationState,
  FileLayout,
  FileRange,
  Owners,
  Ownership,
  RegionFault,
  RegionKind,
} from '../../model/owners.ts';
import { reportRegion, type RegionSinks } from './blame.ts';
import { MergingRanges, RangeList } from './ranges.ts';
import { UnitBitmap } from './unit-bitmap.ts';
import { UnitCounts } from './unit-counts.ts';
import { AlignedUnits, countUnits, createUnitStore, type UniformUnits } from './unit-store.ts';

/** Units of guest data by what they are. */
export type AllocationCounts = Record<AllocationState, number>;

/**
 * The listener that counts: who owns a byte it does not remember, only that it is owned. It reports regions outside
 * the file at once, and keeps the ranges in which regions overlap for the listener that remembers names.
 */
export class CountingOwners implements Owners, Ownership {
  readonly layout: FileLayout;
  readonly allocation: AllocationCounts = { data: 0, zero: 0, compressed: 0 };
  end = 0;
  readonly #sinks: RegionSinks;
  readonly #units: AlignedUnits | UniformUnits;
  readonly #aligned: AlignedUnits | null;
  /** Regions that are not whole units, or have no place among them. */
  readonly #ranges = new RangeList();
  readonly #collisions = new MergingRanges();
  /** Units of structures and tables, which data that may be shared must not overlap either. */
  readonly #metadata: UnitBitmap;
  #counted: UnitCounts | null = null;
  #sortedRanges: RangeList | null = null;

  constructor(layout: FileLayout, sinks: RegionSinks) {
    this.layout = layout;
    this.#sinks = sinks;
    this.#metadata = new UnitBitmap(countUnits(layout));
    this.#units = createUnitStore(layout, this.#ranges);
    this.#aligned = this.#units instanceof AlignedUnits ? this.#units : null;
  }

  range(kind: RegionKind, start: FileOffset, length: number, index: number): void {
    this.run(kind, start, length, 1, index);
  }

  run(kind: RegionKind, start: FileOffset, unitLength: number, count: number, index: number): void {
    let fitting = count;
    if (start + unitLength * count > this.layout.limit)
      fitting = this.#reportOutside(kind, start, unitLength, count, index);
    if (fitting === 0 || unitLength === 0) return;
    const end = start + unitLength * fitting;
    if (end > this.end) this.end = end;
    if (kind.counted === true) this.#count(kind, start, end);
    else if (this.#units.fits(start, unitLength)) {
      this.#units.take(start, unitLength, fitting, this.#collisions);
      if (kind.role !== 'data') this.#metadata.addRun(...this.#unitsOf(start, end), () => undefined);
    } else {
      // The regions of a run follow one another and never overlap: one range stands for them all.
      this.#ranges.push(start, end);
    }
  }

  allocated(state: AllocationState, units: number): void {
    this.allocation[state] += units;
  }

  references(unit: number): number {
    return this.exclusiveReferences(unit) + (this.#counted?.get(unit) ?? 0);
  }

  exclusiveReferences(unit: number): number {
    const aligned = this.#aligned;
    return aligned?.bitmap.has(unit) === true ? 1 + (aligned.extra.get(unit) ?? 0) : 0;
  }

  bitmapChunk(chunk: number): Uint32Array | undefined {
    const own = this.#aligned?.bitmap.chunk(chunk);
    const counts = this.#counted?.chunk(chunk);
    return counts === undefined ? own : overlay(own, counts, () => 1);
  }

  sharedChunk(chunk: number): Uint32Array | undefined {
    const own = this.#aligned?.bitmap.chunk(chunk);
    const repeated = this.#aligned?.repeated.chunk(chunk);
    const counts = this.#counted?.chunk(chunk);
    if (counts === undefined) return repeated;
    return overlay(repeated, counts, (unit) => 2 - (((own?.[unit >>> 5] ?? 0) >>> (unit & 31)) & 1));
  }

  *gaps(from: number, to: number): Iterable<FileRange> {
    let position = from;
    for (const { start, length } of mergeAscending(this.#units.taken(from, to), this.#rangesInOrder())) {
      if (start >= to) break;
      if (start > position) yield { start: position, length: start - position };
      position = Math.max(position, start + length);
    }
    if (position < to) yield { start: position, length: to - position };
  }

  /** The ranges of bytes in which regions overlap, ascending and apart; call it when the walk is over. */
  collisions(): RangeList {
    const all = this.#collisions;
    const ranges = this.#rangesInOrder();
    let highest = 0;
    for (let index = 0; index < ranges.length; index++) {
      const start = ranges.start(index);
      const end = ranges.end(index);
      // Bytes below the highest end so far are in an earlier range as well, so that pairs need not be compared.
      if (start < highest) all.push(start, Math.min(end, highest));
      highest = Math.max(highest, end);
    }
    for (const { start, length } of ranges.merged()) {
      const end = start + length;
      for (const unit of this.#units.taken(start, end))
        all.push(Math.max(start, unit.start), Math.min(end, unit.start + unit.length));
    }
    return all.merged();
  }

  #rangesInOrder(): RangeList {
    if (this.#sortedRanges?.length !== this.#ranges.length) this.#sortedRanges = this.#ranges.sorted();
    return this.#sortedRanges;
  }

  /** First unit and number of units that bytes `start` to `end - 1` touch. */
  #unitsOf(start: number, end: number): [first: number, count: number] {
    const { unit, origin } = this.layout;
    const first = Math.floor((start - origin) / unit);
    return [first, Math.ceil((end - origin) / unit) - first];
  }

  #count(kind: RegionKind, start: number, end: number): void {
    const [first, count] = this.#unitsOf(start, end);
    this.#counted ??= new UnitCounts(countUnits(this.layout));
    this.#counted.addRun(first, count, kind.weight ?? 1);
    if (kind.role !== 'data') return;
    const { unit, origin } = this.layout;
    for (let number = first; number < first + count; number++)
      if (this.#metadata.has(number))
        this.#collisions.push(origin + number * unit, origin + (number + 1) * unit);
  }

  /**
   * Reports the regions of a run that are not wholly in the file; returns how many lead the run that count as
   * owners.
   */
  #reportOutside(kind: RegionKind, start: number, unitLength: number, count: number, index: number): number {
    const { limit } = this.layout;
    let fitting = Math.max(0, Math.min(count, Math.floor((limit - start) / unitLength)));
    for (let i = fitting; i < count; i++) {
      const at = start + i * unitLength;
      const fault: RegionFault = at >= limit ? 'pastEnd' : 'straddlesEnd';
      const rule = kind.rules[fault];
      if (rule !== undefined)
        reportRegion(
          this.#sinks,
          rule,
          { kind, start: at, length: unitLength, index: index + i },
          limit,
          null,
        );
      else if (fault === 'straddlesEnd') fitting++;
    }
    return fitting;
  }
}

/** A copy of `words` with the bits of all units set whose count reaches `threshold(unit)`. */
function overlay(
  words: Uint32Array | undefined,
  counts: Uint16Array,
  threshold: (unit: number) => number,
): Uint32Array {
  const result = words?.slice() ?? new Uint32Array(counts.length / 32);
  for (let unit = 0; unit < counts.length; unit++) {
    const count = counts[unit] ?? 0;
    if (count > 0 && count >= threshold(unit))
      result[unit >>> 5] = (result[unit >>> 5] ?? 0) | (1 << (unit & 31));
  }
  return result;
}

/** Two ascending sequences of ranges as one. */
function* mergeAscending(a: Iterable<FileRange>, b: Iterable<FileRange>): Iterable<FileRange> {
  const left = a[Symbol.iterator]();
  const right = b[Symbol.iterator]();
  let x = left.next();
  let y = right.next();
  while (!x.done || !y.done) {
    if (y.done === true || (!x.done && x.value.start <= y.value.start)) {
      if (!x.done) yield x.value;
      x = left.next();
    } else {
      yield y.value;
      y = right.next();
    }
  }
}
