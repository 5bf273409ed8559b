import { areEqualBytes } from '../formats/shared/equal-bytes.ts';
import { isZero } from '../formats/shared/zero-runs.ts';
import type { Disk } from '../model/disk.ts';
import { guestOffset, type GuestRange } from '../model/offsets.ts';
import { ChunkCursor } from './chunk-cursor.ts';

/** How disks are compared. */
export interface CompareOptions {
  readonly signal?: AbortSignal;
  /** Is told how many bytes were compared. */
  readonly onProgress?: (done: number) => void;
}

/** Ranges that differ and have no more equal bytes than these between them are told as one. */
const JOIN = 512;
/** Bytes that are compared at once; those that differ are looked at one by one. */
const BLOCK = 4096;

/**
 * The ranges in which two disks differ, ascending; each begins and ends with bytes that differ. After the end of
 * the shorter one the other has to be zeros.
 *
 * @throws what reading the disks throws
 */
export async function* differences(
  a: Disk,
  b: Disk,
  { signal, onProgress }: CompareOptions = {},
): AsyncGenerator<GuestRange, void, undefined> {
  const options = signal === undefined ? {} : { signal };
  const left = new ChunkCursor(a.chunks(undefined, options), a.size);
  const right = new ChunkCursor(b.chunks(undefined, options), b.size);
  const size = Math.max(a.size, b.size);
  let open: { start: number; end: number } | null = null;
  try {
    for (let at = 0; at < size;) {
      const [one, other] = [await left.at(at), await right.at(at)];
      const end = Math.min(one.end, other.end, size);
      for (const { from, to } of compareBytes(one.bytes, other.bytes, end - at)) {
        if (open !== null && at + from - open.end <= JOIN) open.end = at + to;
        else {
          if (open !== null) yield rangeOf(open);
          open = { start: at + from, end: at + to };
        }
      }
      at = end;
      onProgress?.(at);
    }
    if (open !== null) yield rangeOf(open);
  } finally {
    await left.close();
    await right.close();
  }
}

function rangeOf({ start, end }: { readonly start: number; readonly end: number }): GuestRange {
  return { start: guestOffset(start), length: end - start };
}

/** The runs of the first `length` bytes that differ. */
function* compareBytes(
  a: Uint8Array | null,
  b: Uint8Array | null,
  length: number,
): Iterable<{ from: number; to: number }> {
  const [bytes, others] = a === null ? [b, a] : [a, b];
  if (bytes === null || areAlike(bytes, others, 0, length)) return;
  for (let block = 0; block < length; block += BLOCK) {
    const end = Math.min(length, block + BLOCK);
    if (areAlike(bytes, others, block, end)) continue;
    for (let at = block; at < end; at++) {
      if (bytes[at] === (others?.[at] ?? 0)) continue;
      const from = at;
      while (at < end && bytes[at] !== (others?.[at] ?? 0)) at++;
      yield { from, to: at };
    }
  }
}

function areAlike(bytes: Uint8Array, others: Uint8Array | null, from: number, to: number): boolean {
  const part = bytes.subarray(from, to);
  return others === null ? isZero(part) : areEqualBytes(part, others.subarray(from, to));
}
