import type { Disk } from '../../../model/disk.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { WriteContext } from '../../../model/writer.ts';
import { fillUnits, wholeUnitDelta } from '../../shared/writing/delta-views.ts';
import {
  planFoundUnits,
  planKnownUnits,
  planUnits,
  type FilePlan,
  type UnitFile,
} from '../../shared/writing/file-plan.ts';
import { findDeltaUnits } from '../../shared/writing/stored-units.ts';
import { UnitRuns } from '../../shared/writing/unit-runs.ts';
import type { FilePart, Units } from '../../shared/writing/unit-writer.ts';
import { FOOTER_SIZE } from '../probe.ts';
import { tableBytes } from '../layout/table.ts';
import type { VhdOptions } from './options.ts';
import type { VhdParent } from './parent.ts';
import { BLOCK_SIZE, HEADER_END, HEADER_OFFSET, makeHeader } from './structures.ts';
import { tableParts } from './table-parts.ts';

const BLOCK_SECTORS = BLOCK_SIZE / SECTOR_SIZE;
/** One sector has a bit for each sector of a block. */
const BITMAP_SIZE = SECTOR_SIZE;
/** What Windows and blktap align the data of blocks to. */
const ALIGNMENT = 4096;

/** The file of a dynamic or differencing disk. */
class DynamicFile implements UnitFile {
  readonly unitSize = BLOCK_SIZE;
  readonly #entries: number;
  readonly #tableOffset: number;
  readonly #footer: Uint8Array;
  readonly #parent: VhdParent | null;
  /** Byte position of the first block's bitmap. */
  readonly #first: number;
  readonly #stride: number;
  /** The sectors that are the disk's own; `null`: all. */
  readonly #sectors: UnitRuns | null;
  readonly head?: (block: number, ordinal: number) => FilePart;
  readonly note?: (start: number, length: number) => void;

  /**
   * @param sectors which are the disk's own, where that was planned; left out for a child: they are found while it
   * is written
   */
  constructor(
    { size, isAligned }: VhdOptions,
    footer: Uint8Array,
    parent: VhdParent | null = null,
    sectors?: UnitRuns,
  ) {
    this.#entries = Math.ceil(size / BLOCK_SIZE);
    this.#tableOffset = parent?.end ?? HEADER_END;
    this.#footer = footer;
    this.#parent = parent;
    if (parent === null || sectors !== undefined) {
      this.#sectors = sectors ?? null;
      this.head = (block, ordinal) => this.#bitmapPart(block, ordinal);
    } else {
      const found = new UnitRuns();
      this.#sectors = found;
      this.note = (start, length) =>
        found.add(Math.floor(start / SECTOR_SIZE), Math.ceil((start + length) / SECTOR_SIZE));
    }
    const end = this.#tableOffset + tableBytes(this.#entries);
    this.#first = isAligned ? roundUp(end + BITMAP_SIZE, ALIGNMENT) - BITMAP_SIZE : end;
    this.#stride = isAligned ? BLOCK_SIZE + ALIGNMENT : BLOCK_SIZE + BITMAP_SIZE;
  }

  place(_: number, ordinal: number): number {
    return this.#bitmapAt(ordinal) + BITMAP_SIZE;
  }

  joined(): number {
    return 1;
  }

  *front({ stored }: Units): Iterable<FilePart> {
    const [table, parent] = [this.#tableOffset, this.#parent];
    yield { at: 0, bytes: this.#footer };
    yield { at: HEADER_OFFSET, bytes: makeHeader(table, this.#entries, parent?.fields ?? null) };
    yield* parent?.names ?? [];
    yield* tableParts(table, this.#entries, stored, (ordinal) => this.#bitmapAt(ordinal) / SECTOR_SIZE);
    // What could not be written before each block.
    if (this.head === undefined)
      for (const { from, to, ordinal } of stored)
        for (let block = from; block < to; block++) yield this.#bitmapPart(block, ordinal + block - from);
  }

  *back({ stored }: Units): Iterable<FilePart> {
    yield { at: this.#endOf(stored.count), bytes: this.#footer };
  }

  sizeOf({ stored }: Units): number {
    return this.#endOf(stored.count) + FOOTER_SIZE;
  }

  #bitmapPart(block: number, ordinal: number): FilePart {
    return { at: this.#bitmapAt(ordinal), bytes: this.#bitmap(block) };
  }

  #bitmapAt(ordinal: number): number {
    return this.#first + ordinal * this.#stride;
  }

  /** Byte position after so many blocks. */
  #endOf(blocks: number): number {
    if (blocks === 0) return this.#tableOffset + tableBytes(this.#entries);
    return this.place(0, blocks - 1) + BLOCK_SIZE;
  }

  #bitmap(block: number): Uint8Array {
    if (this.#sectors === null) return new Uint8Array(BITMAP_SIZE).fill(0xff);
    const bitmap = new Uint8Array(BITMAP_SIZE);
    const first = block * BLOCK_SECTORS;
    for (const { from, to } of this.#sectors.between(first, first + BLOCK_SECTORS))
      setBits(bitmap, from - first, to - first);
    return bitmap;
  }
}

/**
 * Plans a dynamic disk. For a pipe the map of the disk alone says which blocks are stored; a file leaves out blocks
 * of zeros as well.
 */
export async function planDynamic(
  disk: Disk,
  options: VhdOptions,
  footer: Uint8Array,
  { isPipe, sparse }: WriteContext,
): Promise<FilePlan> {
  const file = new DynamicFile(options, footer);
  return planUnits(disk, () => file, { isPipe, sparse, unitSize: BLOCK_SIZE });
}

/**
 * Plans a differencing disk. For a pipe the map of the delta says which sectors are its own, in a file they are
 * those that differ.
 */
export async function planDifferencing(
  delta: Disk,
  options: VhdOptions,
  footer: Uint8Array,
  { isPipe, sparse }: WriteContext,
  parent: VhdParent,
): Promise<FilePlan> {
  const { disk: below } = parent;
  if (!isPipe) {
    const own = wholeUnitDelta(delta, below, SECTOR_SIZE);
    return planFoundUnits(own, () => new DynamicFile(options, footer, parent), { sparse, isDelta: true });
  }
  const { stored: sectors } = await findDeltaUnits(delta, below, SECTOR_SIZE);
  const blocks = new UnitRuns();
  for (const block of sectors.groups(BLOCK_SECTORS)) blocks.add(block, block + 1);
  const file = new DynamicFile(options, footer, parent, sectors);
  const own = fillUnits(delta, below, SECTOR_SIZE, sectors);
  // What is not written of a block is zeros.
  return planKnownUnits(own, () => file, blocks, Math.max(sparse, SECTOR_SIZE));
}

/** Sets the bits `from` to `to - 1`, the highest of each byte first. */
function setBits(bitmap: Uint8Array, from: number, to: number): void {
  for (let bit = from; bit < to;)
    if (bit % 8 === 0 && to - bit >= 8) {
      bitmap[bit / 8] = 0xff;
      bit += 8;
    } else {
      const index = Math.floor(bit / 8);
      bitmap[index] = (bitmap[index] ?? 0) | (0x80 >> (bit % 8));
      bit++;
    }
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
