import type { Disk } from '../../../model/disk.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { WriteContext } from '../../../model/writer.ts';
import { fillUnits } from '../../shared/writing/disk-views.ts';
import { findDeltaUnits, findStoredUnits } from '../../shared/writing/stored-units.ts';
import { UnitRuns } from '../../shared/writing/unit-runs.ts';
import { writeUnits, type FilePart, type UnitLayout } from '../../shared/writing/unit-writer.ts';
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

/** A dynamic or differencing disk as it will be written. */
export interface DynamicPlan {
  /** Bytes of the file; `null` where only writing tells which blocks are stored. */
  readonly size: number | null;
  readonly isStreamable: boolean;
  parts(signal: AbortSignal | undefined): AsyncIterable<FilePart>;
}

/** Where everything is in the file of a dynamic disk. */
class DynamicLayout implements UnitLayout {
  readonly unitSize = BLOCK_SIZE;
  readonly entries: number;
  readonly tableOffset: number;
  /** Byte position of the first block's bitmap. */
  readonly #first: number;
  readonly #stride: number;
  /** The sectors that are the disk's own; `null`: all. */
  readonly #sectors: UnitRuns | null;

  constructor({ size, isAligned }: VhdOptions, tableOffset: number, sectors: UnitRuns | null) {
    this.entries = Math.ceil(size / BLOCK_SIZE);
    this.tableOffset = tableOffset;
    this.#sectors = sectors;
    const end = tableOffset + tableBytes(this.entries);
    this.#first = isAligned ? roundUp(end + BITMAP_SIZE, ALIGNMENT) - BITMAP_SIZE : end;
    this.#stride = isAligned ? BLOCK_SIZE + ALIGNMENT : BLOCK_SIZE + BITMAP_SIZE;
  }

  place(_: number, ordinal: number): number {
    return this.bitmapOf(ordinal) + BITMAP_SIZE;
  }

  joined(): number {
    return 1;
  }

  head(unit: number, ordinal: number): FilePart {
    return { at: this.bitmapOf(ordinal), bytes: this.#bitmap(unit) };
  }

  bitmapOf(ordinal: number): number {
    return this.#first + ordinal * this.#stride;
  }

  /** Byte position of the footer behind so many blocks. */
  endOf(blocks: number): number {
    return blocks === 0
      ? this.tableOffset + tableBytes(this.entries)
      : this.place(0, blocks - 1) + BLOCK_SIZE;
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

/** Plans a dynamic disk. For a pipe the map of the disk alone says which blocks are stored; a file leaves out blocks of zeros as well. */
export async function planDynamic(
  disk: Disk,
  options: VhdOptions,
  footer: Uint8Array,
  { isPipe, sparse }: WriteContext,
): Promise<DynamicPlan> {
  const layout = new DynamicLayout(options, HEADER_END, null);
  const head = [
    { at: 0, bytes: footer },
    { at: HEADER_OFFSET, bytes: makeHeader(layout.tableOffset, layout.entries, null) },
  ];
  const image = { disk, layout, head, footer, sparse };
  if (!isPipe && sparse > 0)
    return { size: null, isStreamable: false, parts: (signal) => writeFound(image, signal) };
  return planKnown(image, await findStoredUnits(disk, BLOCK_SIZE, sparse === 0));
}

/** Plans a differencing disk: the map of the delta says which sectors are its own. */
export async function planDifferencing(
  delta: Disk,
  options: VhdOptions,
  footer: Uint8Array,
  { sparse }: WriteContext,
  parent: VhdParent,
): Promise<DynamicPlan> {
  const { stored: sectors } = await findDeltaUnits(delta, parent.disk, SECTOR_SIZE);
  const disk = fillUnits(delta, parent.disk, SECTOR_SIZE, sectors);
  const layout = new DynamicLayout(options, parent.end, sectors);
  const head = [
    { at: 0, bytes: footer },
    { at: HEADER_OFFSET, bytes: makeHeader(layout.tableOffset, layout.entries, parent.fields) },
    ...parent.names,
  ];
  const stored = new UnitRuns();
  for (const block of sectors.groups(BLOCK_SECTORS)) stored.add(block, block + 1);
  // What is not written of a block is zeros.
  return planKnown({ disk, layout, head, footer, sparse: Math.max(sparse, SECTOR_SIZE) }, stored);
}

interface DynamicImage {
  readonly disk: Disk;
  readonly layout: DynamicLayout;
  /** What is in front of the table. */
  readonly head: readonly FilePart[];
  readonly footer: Uint8Array;
  readonly sparse: number;
}

function planKnown(image: DynamicImage, stored: UnitRuns): DynamicPlan {
  return {
    size: image.layout.endOf(stored.count) + FOOTER_SIZE,
    isStreamable: true,
    parts: (signal) => writeKnown(image, stored, signal),
  };
}

async function* writeKnown(
  image: DynamicImage,
  stored: UnitRuns,
  signal: AbortSignal | undefined,
): AsyncGenerator<FilePart, void, undefined> {
  const { disk, layout, sparse } = image;
  yield* metadata(image, stored);
  yield* writeUnits(disk, layout, { stored, isPlanned: true, sparse, signal });
  yield { at: layout.endOf(stored.count), bytes: image.footer };
}

async function* writeFound(
  image: DynamicImage,
  signal: AbortSignal | undefined,
): AsyncGenerator<FilePart, void, undefined> {
  const { disk, layout, sparse } = image;
  const stored = new UnitRuns();
  yield* writeUnits(disk, layout, { stored, isPlanned: false, sparse, signal });
  yield* metadata(image, stored);
  yield { at: layout.endOf(stored.count), bytes: image.footer };
}

function* metadata({ head, layout }: DynamicImage, stored: UnitRuns): Iterable<FilePart> {
  const { tableOffset, entries } = layout;
  yield* head;
  yield* tableParts(tableOffset, entries, stored, (ordinal) => layout.bitmapOf(ordinal) / SECTOR_SIZE);
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
