import { readRanges } from '../../io/read-ranges.ts';
import { fileOffset, type Source } from '../../io/source.ts';
import type { FileRange } from '../../model/owners.ts';
import type { Facts } from '../../model/rule.ts';
import { firstNonZeroByte } from './zeros.ts';

/** Bytes of holes that are read at most where a file says how much of it is stored. */
const MOST_HOLES = 2 ** 30;

/** Bytes of a file as they were asked for, in order; a range comes in one piece or several. */
export interface RangePiece {
  /** Which range. */
  readonly index: number;
  /** Bytes of the file. */
  readonly start: number;
  /** Valid until the next piece is asked for. */
  readonly bytes: Uint8Array;
}

/**
 * Reads ranges that should have nothing in them. Of a file with holes no more is read than is stored, by and large; a
 * rule that leaves something out for that says so.
 */
export async function* readQuietly(
  source: Source,
  ranges: Iterable<FileRange>,
  facts: Pick<Facts, 'leaveOut'>,
): AsyncGenerator<RangePiece, void, undefined> {
  let left = source.storedSize === null ? Infinity : 2 * source.storedSize + MOST_HOLES;
  const taken: number[] = [];
  const affordable = function* (): Iterable<{ offset: ReturnType<typeof fileOffset>; length: number }> {
    for (const { start, length } of ranges) {
      const inside = Math.max(0, Math.min(length, source.size - start));
      left -= inside;
      if (left < 0) {
        facts.leaveOut?.();
        return;
      }
      taken.push(start);
      yield { offset: fileOffset(start), length: inside };
    }
  };
  for await (const { index, from, bytes } of readRanges(source, affordable(), { reuse: true }))
    yield { index, start: (taken[index] ?? 0) + from, bytes };
}

/** What was found in ranges that should be zero. */
export interface NonZero {
  /** First byte that is not zero. */
  readonly first: number;
  /** Sectors with such bytes. */
  readonly sectors: number;
}

const SECTOR = 512;

/** Counts sectors that are not zero, from the start of each range on; `null` where there are none. */
export async function findNonZero(
  source: Source,
  ranges: Iterable<FileRange>,
  facts: Pick<Facts, 'leaveOut'>,
): Promise<NonZero | null> {
  let first: number | null = null;
  let sectors = 0;
  for await (const { start, bytes } of readQuietly(source, ranges, facts))
    for (let at = firstNonZeroByte(bytes, 0); at < bytes.length;) {
      first ??= start + at;
      sectors++;
      at = firstNonZeroByte(bytes, (Math.floor(at / SECTOR) + 1) * SECTOR);
    }
  return first === null ? null : { first, sectors };
}
