import type { Header } from '../../../../generated/vdi.ts';
import { fileOffset, type Source } from '../../../io/source.ts';
import { giveScratchBack, SCRATCH_BYTES, takeScratch } from '../../shared/scratch.ts';
import { asWords } from '../../shared/words.ts';

/** Entry of a block that is not stored: zeros, or what the parent has. */
export const FREE = 0xffffffff;
/**
 * Entry of a block that is not stored and reads as zeros, whatever the parent has. All entries below it are numbers
 * of stored blocks.
 */
export const ZERO = 0xfffffffe;

/** Bytes that every header has, the fields of version 1.1 without the logical geometry. */
export const LEAST_MAP_OFFSET = 456;

const BATCH_ENTRIES = SCRATCH_BYTES / 4;

/** Where the block map is, and where the blocks are that it points to. All positions and lengths are bytes. */
export interface BlockMap {
  /** Byte position of the map. */
  readonly offset: number;
  /** Entries as declared. */
  readonly entries: number;
  /** Entries that are in the file. */
  readonly present: number;
  /** Entries that the size of the disk asks for. */
  readonly needed: number;
  /** Byte position of stored block 0. */
  readonly dataOffset: number;
  /** Guest bytes in a block. */
  readonly blockSize: number;
  /** Bytes before them that are not the guest's. */
  readonly extra: number;
  /** Bytes that a block takes up in the file. */
  readonly stride: number;
}

/**
 * Finds out where the map is.
 *
 * @returns `null` where it would be inside the header or past the end of the file, or the size of a block is
 *   impossible
 */
export function locateMap(fields: Header, fileSize: number): BlockMap | null {
  const { blocksOffset: offset, numBlocks: entries, blockSize, blockExtra: extra, diskSize } = fields;
  if (offset < LEAST_MAP_OFFSET || offset >= fileSize || !isBlockSize(blockSize)) return null;
  return {
    offset,
    entries,
    present: Math.min(entries, Math.floor((fileSize - offset) / 4)),
    needed: Number((diskSize + BigInt(blockSize) - 1n) / BigInt(blockSize)),
    dataOffset: fields.dataOffset,
    blockSize,
    extra,
    stride: blockSize + extra,
  };
}

/** Whether blocks of that size can be worked with; the spec tells of those that cannot. */
function isBlockSize(blockSize: number): boolean {
  return blockSize >= 512 && Math.log2(blockSize) % 1 === 0;
}

/** Entries that follow one another. */
export interface EntryBatch {
  /** Which block the first is about. */
  readonly first: number;
  /** Valid only until the next batch is asked for or the walk ends. */
  readonly entries: Uint32Array;
}

/** Reads the entries `from` to `to - 1`, as far as they are in the file. */
export async function* entryBatches(
  source: Source,
  { offset, present }: BlockMap,
  from: number,
  to: number,
): AsyncGenerator<EntryBatch, void, undefined> {
  const end = Math.min(to, present);
  const scratch = takeScratch(4 * Math.min(BATCH_ENTRIES, Math.max(0, end - from)));
  try {
    for (let first = from; first < end; first += BATCH_ENTRIES) {
      const length = 4 * Math.min(BATCH_ENTRIES, end - first);
      const read = source.read(fileOffset(offset + 4 * first), length, scratch);
      yield { first, entries: asWords(read instanceof Promise ? await read : read) };
    }
  } finally {
    giveScratchBack(scratch);
  }
}

/** Byte position of stored block `entry`; above 2^53 it is rounded. */
export function blockOffset({ dataOffset, stride }: BlockMap, entry: number): number {
  return dataOffset + entry * stride;
}

/** Guest bytes of block `index` that belong to the disk. */
export function usedBytes({ blockSize }: BlockMap, index: number, diskSize: number): number {
  return Math.max(0, Math.min(blockSize, diskSize - index * blockSize));
}
