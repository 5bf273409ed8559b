import type { Mapping } from '../../model/image.ts';
import { SECTOR_SIZE, type GuestRange } from '../../model/offsets.ts';
import { MappingRuns } from '../shared/mapping-runs.ts';
import { BitmapReader } from './layout/bitmap-reader.ts';
import { isUniform, sectorRuns } from './layout/bitmap.ts';
import { UNALLOCATED, type BlockTable, type VhdImage } from './layout/image.ts';

/** Guest to file, for `Image.mappings`. */
export async function* mapRange(image: VhdImage, range: GuestRange): AsyncIterable<readonly Mapping[]> {
  const end = Math.min(range.start + range.length, image.size);
  if (range.start >= end) return;
  const runs = new MappingRuns();
  if (image.variant === 'fixed') runs.data(range.start, end - range.start, image.file, range.start);
  else yield* mapBlocks(image, range.start, end, runs);
  yield runs.finish();
}

/**
 * Maps the blocks of a dynamic or differencing disk. A sector that was never written reads as zeros in a dynamic
 * disk and is the parent's in a differencing one (VHD 1.0, "Data Blocks"). QEMU does not look at the bitmaps; where
 * they are full, as its own always are, there is no difference.
 */
async function* mapBlocks(
  image: VhdImage,
  start: number,
  end: number,
  runs: MappingRuns,
): AsyncIterable<readonly Mapping[]> {
  const { blocks } = image;
  const { file } = image;
  const at = { file, offset: null, length: null, field: null };
  if (blocks === null) {
    runs.unreadable(start, end - start, at, `the block allocation table of ${file.path} cannot be found`);
    return;
  }
  const { entries, blockSize } = blocks;
  const hole = image.variant === 'dynamic' ? 'zero' : 'unallocated';
  const bitmaps = new BitmapReader(image.source, blocks);
  for (let from = start; from < end;) {
    const index = Math.floor(from / blockSize);
    const sector = entries[index];
    if (sector === undefined) {
      const reason = `the block allocation table of ${file.path} has no entry for blocks from ${index} on`;
      runs.unreadable(from, end - from, { ...at, field: `bat[${index}]` }, reason);
      return;
    }
    const next = sector === UNALLOCATED ? skipHole(blocks, index) : index + 1;
    const to = Math.min(next * blockSize, end);
    if (sector === UNALLOCATED) runs.hole(hole, from, to - from);
    else {
      const bitmap = bitmaps.read(index);
      mapBlock(
        image,
        blocks,
        bitmap instanceof Promise ? await bitmap : bitmap,
        { index, from, to, hole },
        runs,
      );
    }
    if (runs.isFull) yield runs.take();
    from = to;
  }
}

/** The first block after `index` that is stored, or one more than the last entry. */
function skipHole({ entries }: BlockTable, index: number): number {
  let next = index + 1;
  while (next < entries.length && entries[next] === UNALLOCATED) next++;
  return next;
}

/** Guest bytes `from` to `to - 1`, which are in block `index`. */
interface BlockPart {
  readonly index: number;
  readonly from: number;
  readonly to: number;
  /** What a sector is that is not written. */
  readonly hole: 'zero' | 'unallocated';
}

/**
 * Maps a part of a stored block. A block whose bitmap is not in the file is taken as written: reading it fails,
 * which is the truth.
 */
function mapBlock(
  { file }: VhdImage,
  { entries, blockSize, bitmapBytes }: BlockTable,
  bitmap: Uint8Array | null,
  { index, from, to, hole }: BlockPart,
  runs: MappingRuns,
): void {
  const guestStart = index * blockSize;
  const shift = (entries[index] ?? 0) * SECTOR_SIZE + bitmapBytes - guestStart;
  if (bitmap === null || isUniform(bitmap, blockSize / SECTOR_SIZE, 1)) {
    runs.data(from, to - from, file, from + shift);
    return;
  }
  const firstSector = Math.floor((from - guestStart) / SECTOR_SIZE);
  const endSector = Math.ceil((to - guestStart) / SECTOR_SIZE);
  for (const { start, end, isWritten } of sectorRuns(bitmap, firstSector, endSector)) {
    const runStart = Math.max(from, guestStart + start * SECTOR_SIZE);
    const length = Math.min(to, guestStart + end * SECTOR_SIZE) - runStart;
    if (isWritten) runs.data(runStart, length, file, runStart + shift);
    else runs.hole(hole, runStart, length);
  }
}
