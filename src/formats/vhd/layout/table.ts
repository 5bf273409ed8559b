import { fileOffset, type Source } from '../../../io/source.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { BlockTable } from './image.ts';

/** Bytes of the largest disk that a VHD can contain: 2040 GiB. */
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
function bitmapBytesOf(blockSize: number): number {
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
  /** Whether the writer leaves room in the table for a larger disk. */
  readonly hasReserve: boolean;
  readonly lowBitFirst: boolean;
}

/**
 * Reads as much of the block allocation table as is inside the file. Of a table that, as declared, would end after
 * the file or inside the first block, only the entries that the disk needs are taken: the number is what is wrong
 * then.
 */
export async function readBlockTable(source: Source, plan: TablePlan): Promise<BlockTable> {
  const { offset, blockSize, limit, lowBitFirst } = plan;
  const needed = neededEntries(plan.size, blockSize);
  const room = Math.max(0, Math.floor((limit - offset) / 4));
  const isInside = plan.entries <= room;
  const read = await readEntries(
    source,
    offset,
    Math.min(plan.entries, room, isInside ? MAX_ENTRIES_READ : needed),
  );
  const isWhole =
    isInside && (plan.hasReserve || plan.entries <= needed + 1 || !meetsFirstBlock(read, plan, needed));
  const { entries, stored } = isWhole ? read : takeEntries(read, needed);
  const bitmapBytes = bitmapBytesOf(blockSize);
  const lastSector = Math.floor((limit - bitmapBytes - blockSize) / SECTOR_SIZE);
  return {
    offset,
    entries,
    stored,
    needed,
    padding: entries.length === plan.entries ? await readPadding(source, plan) : new Uint8Array(0),
    blockSize,
    bitmapBytes,
    isTrusted: plan.isTrusted || looksLikeTable({ entries, stored }, lastSector),
    lowBitFirst,
  };
}

type Entries = Pick<BlockTable, 'entries' | 'stored'>;

async function readEntries(source: Source, offset: number, count: number): Promise<Entries> {
  const entries = new Uint32Array(count);
  const scratch = new Uint8Array(entries.buffer);
  const bytes = await source.read(fileOffset(offset), count * 4, scratch);
  if (bytes.buffer !== entries.buffer) scratch.set(bytes);
  return { entries, stored: decodeEntries(entries) };
}

/** Whether the table as declared reaches into a block that the disk needs. */
function meetsFirstBlock({ entries, stored }: Entries, plan: TablePlan, needed: number): boolean {
  const end = (plan.offset + tableBytes(plan.entries)) / SECTOR_SIZE;
  return stored.some((index) => index < needed && (entries[index] ?? 0) < end);
}

function takeEntries({ entries, stored }: Entries, count: number): Entries {
  return { entries: entries.subarray(0, count), stored: stored.filter((index) => index < count) };
}

/**
 * Turns big-endian entries in place into numbers; those of blocks that are not stored are the same in any byte
 * order, and are most.
 *
 * @returns the indices of the others
 */
function decodeEntries(entries: Uint32Array): Uint32Array {
  const words = new Int32Array(entries.buffer);
  const view = new DataView(entries.buffer);
  const stored = new Uint32Array(words.length);
  let count = 0;
  for (let index = 0; index < words.length;) {
    if (isHoleOf8(words, index)) {
      index += 8;
      continue;
    }
    const end = Math.min(index + 8, words.length);
    for (; index < end; index++) {
      if (words[index] === -1) continue;
      entries[index] = view.getUint32(index * 4);
      stored[count++] = index;
    }
  }
  return stored.slice(0, count);
}

/** Whether the eight words from `at` on are all there and all ones. */
function isHoleOf8(words: Int32Array, at: number): boolean {
  const all =
    (words[at] ?? 0) &
    (words[at + 1] ?? 0) &
    (words[at + 2] ?? 0) &
    (words[at + 3] ?? 0) &
    (words[at + 4] ?? 0) &
    (words[at + 5] ?? 0) &
    (words[at + 6] ?? 0) &
    (words[at + 7] ?? 0);
  return all === -1;
}

/** What is between the last entry and the end of its sector. */
async function readPadding(source: Source, { offset, entries, limit }: TablePlan): Promise<Uint8Array> {
  const start = offset + entries * 4;
  const length = Math.min(offset + tableBytes(entries), limit) - start;
  return length > 0 ? source.read(fileOffset(start), length) : new Uint8Array(0);
}

/** Whether every entry is one that a sound table could have. */
function looksLikeTable({ entries, stored }: Entries, lastSector: number): boolean {
  return stored.every((index) => {
    const sector = entries[index] ?? 0;
    return sector > 0 && sector <= lastSector;
  });
}

/** Whether blocks were allocated and nothing is left of it but zeros: the classic lost table. */
export function isAllZero({ entries, stored }: BlockTable): boolean {
  return entries.length > 0 && stored.length === entries.length && entries.every((entry) => entry === 0);
}
