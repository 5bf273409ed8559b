import type { FileOffset } from '../../io/source.ts';
import type { Owners, RegionKind } from '../../model/owners.ts';
import { judge, reportRegion, type Claim, type RegionSinks } from './blame.ts';
import type { RangeList } from './ranges.ts';

/** A region that overlaps another. Each is blamed once, and what it overlaps is not blamed for that. */
interface Holder extends Claim {
  isBlamed: boolean;
}

/**
 * The listener that remembers names, but only of regions in the ranges that the counting walk found contested. Each
 * contested range keeps the region of the highest role so far; every further one is judged against it.
 */
export class NamingOwners implements Owners {
  readonly #contested: RangeList;
  readonly #holders: (Holder | undefined)[];
  readonly #limit: number;
  readonly #sinks: RegionSinks;

  constructor(contested: RangeList, limit: number, sinks: RegionSinks) {
    this.#contested = contested;
    this.#holders = [];
    this.#limit = limit;
    this.#sinks = sinks;
  }

  range(kind: RegionKind, start: FileOffset, length: number, index: number): void {
    this.run(kind, start, length, 1, index);
  }

  run(kind: RegionKind, start: FileOffset, unitLength: number, count: number, index: number): void {
    const end = Math.min(start + unitLength * count, this.#limit);
    const first = this.#contested.firstEndingAfter(start);
    if (first === this.#contested.length || this.#contested.start(first) >= end) return;
    const firstUnit = Math.max(0, Math.floor((this.#contested.start(first) - start) / unitLength));
    for (let i = firstUnit; i < count && start + i * unitLength < end; i++)
      this.#settle({
        ...{ kind, start: start + i * unitLength, length: unitLength, index: index + i },
        isBlamed: false,
      });
  }

  allocated(): void {
    // Counted once is enough.
  }

  /** Judges a region in every contested range that it overlaps, and reports it or the other one once. */
  #settle(claim: Holder): void {
    const contested = this.#contested;
    const end = claim.start + claim.length;
    let isReported = false;
    for (
      let range = contested.firstEndingAfter(claim.start);
      range < contested.length && contested.start(range) < end;
      range++
    ) {
      const holder = this.#holders[range];
      if (holder === undefined) this.#holders[range] = claim;
      else if (mayMeet(holder.kind, claim.kind)) continue;
      else if (this.#contest(range, holder, claim, isReported)) isReported = true;
    }
  }

  /** Returns whether `claim` is now reported. */
  #contest(range: number, holder: Holder, claim: Holder, isReported: boolean): boolean {
    const verdict = judge(holder, claim);
    if (verdict === null) return false;
    const { culprit, other, rule } = verdict;
    if (culprit === holder) {
      this.#holders[range] = claim;
      if (holder.isBlamed) return false;
      holder.isBlamed = true;
    } else if (isReported) return true;
    else if (holder.isBlamed) {
      this.#holders[range] = claim;
      return false;
    } else claim.isBlamed = true;
    const met = intersect(holder, claim) ? other : 'another region';
    reportRegion(this.#sinks, rule, culprit, this.#limit, met);
    return culprit === claim;
  }
}

/** Whether regions of these kinds may share bytes: as soon as one is of a counted kind, unless their roles differ. */
function mayMeet(a: RegionKind, b: RegionKind): boolean {
  return (a.counted === true || b.counted === true) && a.role === b.role;
}

function intersect(a: Claim, b: Claim): boolean {
  return a.start < b.start + b.length && b.start < a.start + a.length;
}
