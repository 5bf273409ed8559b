import type { FileLayout, FileRange } from '../../model/owners.ts';
import type { RangeList, RangeTaker } from './ranges.ts';
import { UnitBitmap } from './unit-bitmap.ts';

const SECTOR = 512;

/** Remembers which units of a file are taken, exactly, at a bit to a few bytes each. */
export interface UnitStore {
  /** Whether `count` regions of `unitLength` bytes from `start` on are whole units of this store. */
  fits(start: number, unitLength: number): boolean;
  /** Takes them; every range of bytes in which they overlap others goes to `collisions`. */
  take(start: number, unitLength: number, count: number, collisions: RangeTaker): void;
  /** What is taken between `from` and `to`, ascending; touching ranges may be joined. */
  taken(from: number, to: number): Iterable<FileRange>;
}

/**
 * The store that fits a layout.
 *
 * @param spill takes the few regions that the store has no place for: contested ones
 */
export function createUnitStore(layout: FileLayout, spill: RangeList): AlignedUnits | UniformUnits {
  return layout.placement === 'aligned' ? new AlignedUnits(layout) : new UniformUnits(layout, spill);
}

/** Units by which a region may straddle the end of the usable part, where its format tolerates that. */
const STRADDLE_UNITS = 4096;

/** How many units a file of this layout has room for. */
export function countUnits({ limit, origin, unit }: FileLayout): number {
  return Math.max(0, Math.ceil((limit - origin) / unit)) + STRADDLE_UNITS;
}

/** Units that begin at multiples of their size: one bit each. */
export class AlignedUnits implements UnitStore {
  readonly bitmap: UnitBitmap;
  /** Units with more than one reference. */
  readonly repeated: UnitBitmap;
  /** References after the first, for those units. */
  readonly extra = new Map<number, number>();
  readonly #unit: number;
  readonly #origin: number;

  constructor(layout: FileLayout) {
    this.#unit = layout.unit;
    this.#origin = layout.origin;
    this.bitmap = new UnitBitmap(countUnits(layout));
    this.repeated = new UnitBitmap(countUnits(layout));
  }

  fits(start: number, unitLength: number): boolean {
    // Units are powers of two, so quotients are exact, and quicker to test than remainders above 2^31.
    const first = (start - this.#origin) / this.#unit;
    return first >= 0 && Number.isInteger(first) && Number.isInteger(unitLength / this.#unit);
  }

  take(start: number, unitLength: number, count: number, collisions: RangeTaker): void {
    const first = (start - this.#origin) / this.#unit;
    const units = (unitLength / this.#unit) * count;
    if (units > 1) this.bitmap.addRun(first, units, (unit) => this.#collide(unit, collisions));
    else if (this.bitmap.add(first)) this.#collide(first, collisions);
  }

  *taken(from: number, to: number): Iterable<FileRange> {
    const first = Math.max(0, Math.floor((from - this.#origin) / this.#unit));
    const end = Math.max(first, Math.ceil((to - this.#origin) / this.#unit));
    for (let unit = first; unit < end;) {
      const start = this.#next(unit, end, true);
      unit = this.#next(start, end, false);
      if (unit > start)
        yield { start: this.#origin + start * this.#unit, length: (unit - start) * this.#unit };
    }
  }

  #collide(unit: number, collisions: RangeTaker): void {
    const times = this.extra.get(unit) ?? 0;
    this.extra.set(unit, times + 1);
    const start = this.#origin + unit * this.#unit;
    if (!this.repeated.add(unit)) collisions.push(start, start + this.#unit);
  }

  /** The first unit from `unit` on that is taken, or not taken; `end` where there is none. */
  #next(unit: number, end: number, isTaken: boolean): number {
    const skipped = isTaken ? 0 : 0xffffffff;
    while (unit < end) {
      const chunk = Math.floor(unit / (1 << 20));
      const words = this.bitmap.chunk(chunk);
      if (words === undefined) {
        if (!isTaken) return unit;
        unit = (chunk + 1) * (1 << 20);
      } else if (unit % 32 === 0 && words[(unit % (1 << 20)) / 32] === skipped) unit += 32;
      else if (this.bitmap.has(unit) === isTaken) return unit;
      else unit++;
    }
    return end;
  }
}

const CHUNK_BUCKETS = 1 << 16;
type Buckets = Uint8Array | Uint16Array | Uint32Array;

/**
 * Units of one size that begin at any sector. The file is cut into buckets of that size: a unit that overlaps
 * another begins in the same bucket or in a neighbouring one, so a bucket need only remember where in it a unit
 * begins.
 */
export class UniformUnits implements UnitStore {
  readonly #unit: number;
  readonly #chunkBuckets: number;
  readonly #chunks: (Buckets | undefined)[] = [];
  /** Units that begin in a bucket in which another begins. */
  readonly #spill: RangeList;

  constructor(layout: FileLayout, spill: RangeList) {
    this.#unit = layout.unit;
    this.#chunkBuckets = Math.min(CHUNK_BUCKETS, countUnits(layout));
    this.#spill = spill;
  }

  fits(start: number, unitLength: number): boolean {
    return unitLength === this.#unit && start % SECTOR === 0;
  }

  take(start: number, unitLength: number, count: number, collisions: RangeTaker): void {
    for (let index = 0; index < count; index++) this.#takeOne(start + index * unitLength, collisions);
  }

  *taken(from: number, to: number): Iterable<FileRange> {
    const unit = this.#unit;
    const end = Math.min(Math.ceil(to / unit), this.#chunks.length * CHUNK_BUCKETS);
    for (let bucket = Math.max(0, Math.floor(from / unit) - 1); bucket < end; bucket++) {
      const chunk = this.#chunks[Math.floor(bucket / CHUNK_BUCKETS)];
      if (chunk === undefined) {
        bucket |= CHUNK_BUCKETS - 1;
        continue;
      }
      const start = this.#startIn(bucket);
      if (start >= 0 && start + unit > from && start < to) yield { start, length: unit };
    }
  }

  #takeOne(start: number, collisions: RangeTaker): void {
    const unit = this.#unit;
    const bucket = Math.floor(start / unit);
    const same = this.#startIn(bucket);
    const before = this.#startIn(bucket - 1);
    const after = this.#startIn(bucket + 1);
    if (same < 0) this.#remember(bucket, start);
    else {
      collisions.push(Math.max(same, start), Math.min(same, start) + unit);
      if (same !== start) this.#spill.push(start, start + unit);
    }
    if (before >= 0 && before + unit > start) collisions.push(start, before + unit);
    if (after >= 0 && after < start + unit) collisions.push(after, start + unit);
  }

  /** Where the unit that begins in `bucket` begins; -1 where none does. */
  #startIn(bucket: number): number {
    if (bucket < 0) return -1;
    const chunk = Math.floor(bucket / CHUNK_BUCKETS);
    const sector = this.#chunks[chunk]?.[bucket - chunk * CHUNK_BUCKETS] ?? 0;
    return sector === 0 ? -1 : bucket * this.#unit + (sector - 1) * SECTOR;
  }

  #remember(bucket: number, start: number): void {
    const index = Math.floor(bucket / CHUNK_BUCKETS);
    const chunk = (this.#chunks[index] ??= this.#makeChunk());
    chunk[bucket - index * CHUNK_BUCKETS] = (start - bucket * this.#unit) / SECTOR + 1;
  }

  #makeChunk(): Buckets {
    const sectors = this.#unit / SECTOR;
    if (sectors < 0xff) return new Uint8Array(this.#chunkBuckets);
    return sectors < 0xffff ? new Uint16Array(this.#chunkBuckets) : new Uint32Array(this.#chunkBuckets);
  }
}
