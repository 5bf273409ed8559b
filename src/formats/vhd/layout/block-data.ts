import { readRanges } from '../../../io/read-ranges.ts';
import { joinParts } from '../../../io/planned-reads.ts';
import { fileOffset } from '../../../io/source.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { FileRange } from '../../../model/owners.ts';
import type { Facts } from '../../../model/rule.ts';
import { readQuietly } from '../../shared/nonzero-ranges.ts';
import { firstNonZeroByte } from '../../shared/zeros.ts';
import { bitmapOf, isUniform, sectorRuns } from './bitmap.ts';
import type { BlockTable, VhdImage } from './image.ts';
import { storedBytes } from './table.ts';

/** Blocks whose bitmaps are in memory at once. */
const GROUP = 256;

/** Sectors of a block that have data and should have none. */
export interface StrayData {
  readonly index: number;
  /** First byte in the file that is not zero. */
  readonly first: number;
  readonly sectors: number;
}

/** What is in blocks where the guest has nothing. */
export interface BlockScan {
  /** Blocks with data in sectors that their bitmap says are not written. */
  readonly unwritten: readonly StrayData[];
  /** Data of the last block past the end of the disk; `null` where there are none. */
  readonly behindEnd: StrayData | null;
}

/** A range that should have no data, and whose it is. */
interface Suspect extends FileRange {
  readonly index: number;
  readonly isBehindEnd: boolean;
}

/** Reads the sectors of stored blocks that are not written, by the block's bitmap, or not on the disk. */
export async function scanBlockData(image: VhdImage, facts: Pick<Facts, 'leaveOut'>): Promise<BlockScan> {
  const { blocks } = image;
  const stray = new Map<string, StrayData>();
  if (blocks?.isTrusted === true)
    for await (const suspects of suspectsOf(image, blocks))
      for await (const { index, start, bytes } of readQuietly(image.source, suspects, facts)) {
        const suspect = suspects[index];
        if (suspect !== undefined) count(stray, suspect, start, bytes);
      }
  const found = [...stray];
  return {
    unwritten: found.filter(([key]) => !key.startsWith(BEHIND)).map(([, data]) => data),
    behindEnd: found.find(([key]) => key.startsWith(BEHIND))?.[1] ?? null,
  };
}

const BEHIND = 'behind';

function count(stray: Map<string, StrayData>, suspect: Suspect, start: number, bytes: Uint8Array): void {
  const { index, isBehindEnd } = suspect;
  const key = isBehindEnd ? BEHIND : String(index);
  for (let at = firstNonZeroByte(bytes, 0); at < bytes.length;) {
    const { first = start + at, sectors = 0 } = stray.get(key) ?? {};
    stray.set(key, { index, first, sectors: sectors + 1 });
    at = firstNonZeroByte(bytes, (Math.floor(at / SECTOR_SIZE) + 1) * SECTOR_SIZE);
  }
}

/** The suspect ranges of some blocks at a time. A block that is not wholly in the file was told. */
async function* suspectsOf(image: VhdImage, blocks: BlockTable): AsyncGenerator<readonly Suspect[]> {
  const { entries, bitmapBytes, needed } = blocks;
  const lastSector = (image.limit - storedBytes(blocks)) / SECTOR_SIZE;
  const usable = blocks.stored.filter((index) => {
    const sector = entries[index] ?? 0;
    return sector > 0 && sector <= lastSector && index < needed;
  });
  for (let from = 0; from < usable.length; from += GROUP) {
    const group = usable.subarray(from, from + GROUP);
    const ranges = Array.from(group, (index) => ({
      offset: fileOffset((entries[index] ?? 0) * SECTOR_SIZE),
      length: bitmapBytes,
    }));
    const suspects: Suspect[] = [];
    let parts: Uint8Array[] = [];
    for await (const { index: place, from: at, bytes } of readRanges(image.source, ranges)) {
      parts.push(bytes);
      if (at + bytes.length < bitmapBytes) continue;
      addSuspects(image, blocks, group[place] ?? 0, joinParts(parts), suspects);
      parts = [];
    }
    yield suspects;
  }
}

function addSuspects(
  image: VhdImage,
  blocks: BlockTable,
  index: number,
  stored: Uint8Array,
  suspects: Suspect[],
): void {
  const { entries, blockSize, bitmapBytes } = blocks;
  const bitmap = bitmapOf(blocks, stored);
  const data = (entries[index] ?? 0) * SECTOR_SIZE + bitmapBytes;
  const inside = Math.min(blockSize, image.size - index * blockSize);
  const sectors = Math.ceil(inside / SECTOR_SIZE);
  if (!isUniform(bitmap, sectors, 1))
    for (const { start, end, isWritten } of sectorRuns(bitmap, 0, sectors))
      if (!isWritten)
        suspects.push({
          ...{ index, isBehindEnd: false, start: data + start * SECTOR_SIZE },
          length: (end - start) * SECTOR_SIZE,
        });
  if (inside < blockSize)
    suspects.push({ index, isBehindEnd: true, start: data + inside, length: blockSize - inside });
}
