import { SECTOR_SIZE } from '../../../model/offsets.ts';
import { hasBatmapBit } from './batmap.ts';
import { hasBitsBehind, isUniform } from './bitmap.ts';
import { BitmapReader } from './bitmap-reader.ts';
import type { BlockTable, VhdImage } from './image.ts';
import { storedBytes } from './table.ts';

/**
 * Bitmaps that are read of a dynamic disk without batmap, which is 16 GiB of data. There they can only show
 * oddities, while reading them costs more than all the rest of a check: each is alone between two blocks.
 */
const MAX_DYNAMIC_BITMAPS = 8192;

/** Blocks by what their sector bitmaps say; indices ascending. */
export interface BitmapScan {
  /** Bits after the sectors of the block are set. */
  readonly padded: readonly number[];
  /** No sector is written. */
  readonly empty: readonly number[];
  /** Some sectors are written, some not. */
  readonly partial: readonly number[];
  /** The batmap says that all sectors are written, but they are not. */
  readonly notFull: readonly number[];
}

/** Looks at the sector bitmaps of the stored blocks. */
export async function scanBitmaps(image: VhdImage): Promise<BitmapScan> {
  const { blocks, source } = image;
  const map = image.batmap?.map ?? null;
  const found = {
    padded: [] as number[],
    empty: [] as number[],
    partial: [] as number[],
    notFull: [] as number[],
  };
  if (blocks?.isTrusted !== true) return found;
  const sectors = blocks.blockSize / SECTOR_SIZE;
  const bitmaps = new BitmapReader(source, blocks);
  for (const index of blocksToScan(image, blocks)) {
    const read = bitmaps.read(index);
    const bitmap = read instanceof Promise ? await read : read;
    if (bitmap === null) continue;
    if (hasBitsBehind(bitmap, sectors)) found.padded.push(index);
    if (isUniform(bitmap, sectors, 1)) continue;
    if (map !== null && hasBatmapBit(map, index)) found.notFull.push(index);
    if (isUniform(bitmap, sectors, 0)) found.empty.push(index);
    else found.partial.push(index);
  }
  return found;
}

/** The stored blocks whose bitmaps are read; a block that is not wholly in the file, or at its start, has none. */
function* blocksToScan({ variant, batmap, limit }: VhdImage, blocks: BlockTable): Iterable<number> {
  const { entries, stored } = blocks;
  const lastSector = (limit - storedBytes(blocks)) / SECTOR_SIZE;
  const count = variant === 'dynamic' && batmap === null ? MAX_DYNAMIC_BITMAPS : stored.length;
  for (const index of stored.subarray(0, count)) {
    const sector = entries[index] ?? 0;
    if (sector > 0 && sector <= lastSector) yield index;
  }
}
