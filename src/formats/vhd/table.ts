import { ByteReader, readU4Array } from '../../codec/index.ts';
import { fileOffset, type Source } from '../../io/source.ts';
import { SECTOR_SIZE } from '../../model/offsets.ts';
import { UNALLOCATED, type BlockTable } from './types.ts';

/** Bytes of the largest disk that a VHD can hold: 2040 GiB. */
export const MAX_DISK_BYTES = 2040 * 2 ** 30;

/** Entries of a table that are read: enough for the largest disk in blocks of 128 KiB, 64 MiB of memory. */
export const MAX_ENTRIES_READ = 2 ** 24;

/** Blocks of a disk of `size` bytes. */
export function neededEntries(size: bigint, blockSize: number): number {
  return Number((size + BigInt(blockSize) - 1n) / BigInt(blockSize));
}

/** Entries that the largest disk needs. */
export function maxEntries(blockSize: number): number {
  return MAX_DISK_BYTES / blockSize;
}

/** Bytes of a block's sector bitmap: one bit a sector, in whole sectors (VHD 1.0, "Data Blocks"). */
export function bitmapBytesOf(blockSize: number): number {
  return Math.ceil(blockSize / SECTOR_SIZE / 8 / SECTOR_SIZE) * SECTOR_SIZE;
}

/** Bytes that a block takes up in the file: its bitmap and its data. */
export function storedBytes({
  bitmapBytes,
  blockSize,
}: Pick<BlockTable, 'bitmapBytes' | 'blockSize'>): number {
  return bitmapBytes + blockSize;
}

/** Bytes of a table of `entries` entries with the padding to whole sectors. */
export function tableBytes(entries: number): number {
  return Math.ceil((entries * 4) / SECTOR_SIZE) * SECTOR_SIZE;
}

/** What the header says of the table. */
export interface TablePlan {
  /** Byte position, inside the file. */
  readonly offset: number;
  /** Entries as declared. */
  readonly entries: number;
  readonly blockSize: number;
  /** Guest bytes. */
  readonly size: bigint;
  /** Where the usable part of the file ends. */
  readonly limit: number;
  /** Whether the header that says all this is in order. */
  readonly isTrusted: boolean;
  readonly lowBitFirst: boolean;
}

/** Reads as much of the block allocation table as is inside the file. */
export async function readBlockTable(source: Source, plan: TablePlan): Promise<BlockTable> {
  const { offset, blockSize, limit, lowBitFirst } = plan;
  const room = Math.max(0, Math.floor((limit - offset) / 4));
  const count = Math.min(plan.entries, room, MAX_ENTRIES_READ);
  const bytes = await source.read(fileOffset(offset), count * 4);
  const entries = readU4Array(new ByteReader(bytes), count, false);
  const bitmapBytes = bitmapBytesOf(blockSize);
  const paddingBytes = Math.min(tableBytes(count) - count * 4, limit - offset - count * 4);
  const isWhole = count === plan.entries && paddingBytes > 0;
  return {
    offset,
    entries,
    needed: neededEntries(plan.size, blockSize),
    padding: isWhole ? await source.read(fileOffset(offset + count * 4), paddingBytes) : new Uint8Array(0),
    blockSize,
    bitmapBytes,
    isTrusted:
      plan.isTrusted || looksLikeTable(entries, Math.floor((limit - bitmapBytes - blockSize) / SECTOR_SIZE)),
    lowBitFirst,
  };
}

/** Whether every entry is one that a sound table could have. */
function looksLikeTable(entries: Uint32Array, lastSector: number): boolean {
  return entries.every((entry) => entry === UNALLOCATED || (entry > 0 && entry <= lastSector));
}

/** Whether blocks were allocated and nothing is left of it but zeros: the classic lost table. */
export function isAllZero({ entries }: BlockTable): boolean {
  return entries.length > 0 && entries.every((entry) => entry === 0);
}
