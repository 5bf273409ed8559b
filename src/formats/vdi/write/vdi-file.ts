import { UsageError } from '../../../errors.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { UnitFile } from '../../shared/writing/file-plan.ts';
import type { UnitRuns } from '../../shared/writing/unit-runs.ts';
import type { FilePart, Units } from '../../shared/writing/unit-writer.ts';
import { FREE } from '../layout/block-map.ts';
import { makeHeader, type ImageIds } from './header.ts';

/** Guest bytes of a block. */
export const BLOCK_SIZE = 2 ** 20;
const MAP_OFFSET = 512;
/** Blocks begin at pages, so that those of the guest's file system do. */
const ALIGNMENT = 4096;
/** Blocks of the largest disk: the byte position of the first one has 32 bits. */
const MOST_BLOCKS = (2 ** 32 - MAP_OFFSET - ALIGNMENT) / 4;
/** Entries of the map that are written at once. */
const STEP = 16_384;

/** The file of a VDI: header, block map, blocks in the order of the disk. */
export class VdiFile implements UnitFile {
  readonly unitSize = BLOCK_SIZE;
  readonly #size: number;
  readonly #blocks: number;
  readonly #dataOffset: number;
  readonly #isStatic: boolean;
  readonly #ids: ImageIds;

  /** @throws UsageError where the disk is too large */
  constructor(size: number, isStatic: boolean, ids: ImageIds) {
    this.#size = Math.ceil(size / SECTOR_SIZE) * SECTOR_SIZE;
    this.#blocks = Math.ceil(size / BLOCK_SIZE);
    if (this.#blocks > MOST_BLOCKS)
      throw new UsageError(`a VDI can have at most ${MOST_BLOCKS * BLOCK_SIZE} bytes, the disk has ${size}`);
    this.#dataOffset = Math.ceil((MAP_OFFSET + 4 * this.#blocks) / ALIGNMENT) * ALIGNMENT;
    this.#isStatic = isStatic;
    this.#ids = ids;
  }

  place(_: number, ordinal: number): number {
    return this.#dataOffset + ordinal * BLOCK_SIZE;
  }

  joined(): number {
    return Infinity;
  }

  *front({ stored }: Units): Iterable<FilePart> {
    const header = makeHeader(
      {
        isStatic: this.#isStatic,
        size: this.#size,
        blockSize: BLOCK_SIZE,
        mapOffset: MAP_OFFSET,
        dataOffset: this.#dataOffset,
        blocks: this.#blocks,
        stored: stored.count,
      },
      this.#ids,
    );
    yield { at: 0, bytes: header };
    yield* this.#map(stored);
  }

  sizeOf({ stored }: Units): number {
    return this.place(0, stored.count);
  }

  *#map(stored: UnitRuns): Iterable<FilePart> {
    for (let first = 0; first < this.#blocks; first += STEP) {
      const count = Math.min(STEP, this.#blocks - first);
      const bytes = new Uint8Array(4 * count).fill(FREE & 0xff);
      const view = new DataView(bytes.buffer);
      for (const { from, to, ordinal } of stored.between(first, first + count))
        for (let block = from; block < to; block++)
          view.setUint32(4 * (block - first), ordinal + block - from, true);
      yield { at: MAP_OFFSET + 4 * first, bytes };
    }
  }
}
