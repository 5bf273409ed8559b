import type { FileOffset, MaybePromise } from '../../io/source.ts';
import type { Content } from '../../model/content.ts';
import type { Owners, RegionKind } from '../../model/owners.ts';

/** A region that stores something packed. */
export interface PackedRegion {
  readonly kind: RegionKind;
  readonly content: Content;
  /** Bytes of the file. */
  readonly start: number;
  readonly length: number;
  readonly index: number;
}

/**
 * The listener that gathers what regions store. It keeps what one batch of tables points to: the walk waits between
 * batches until that is unpacked.
 */
export class PackedRegions implements Owners {
  readonly #unpack: (regions: readonly PackedRegion[]) => Promise<void>;
  #regions: PackedRegion[] = [];

  /** @param unpack is given the regions of a batch, in the order of the tables */
  constructor(unpack: (regions: readonly PackedRegion[]) => Promise<void>) {
    this.#unpack = unpack;
  }

  range(kind: RegionKind, start: FileOffset, length: number, index: number): void {
    const { content } = kind;
    if (content !== undefined) this.#regions.push({ kind, content, start, length, index });
  }

  run(kind: RegionKind, start: FileOffset, unitLength: number, count: number, index: number): void {
    const { content } = kind;
    if (content === undefined) return;
    for (let unit = 0; unit < count; unit++)
      this.#regions.push({
        ...{ kind, content, start: start + unit * unitLength },
        ...{ length: unitLength, index: index + unit },
      });
  }

  allocated(): void {
    // Was counted before.
  }

  /** Unpacks what was told since the last time. */
  settle(): MaybePromise<void> {
    if (this.#regions.length === 0) return undefined;
    const regions = this.#regions;
    this.#regions = [];
    return this.#unpack(regions);
  }
}
