import { SourceError } from '../errors.ts';
import type { PlannedRead } from './plan.ts';
import { fileOffset, type MaybePromise, type Source } from './source.ts';
import type { Turns } from './turns.ts';

/** What became of a read: its bytes, or why there are none. */
export type ReadResult = { readonly bytes: Uint8Array } | { readonly error: unknown };

/** Reads in its turn. It never rejects: why there are no bytes is asked when they are wanted. */
export function startRead(turns: Turns, read: () => MaybePromise<Uint8Array>): MaybePromise<ReadResult> {
  try {
    const bytes = turns.take(read);
    return bytes instanceof Promise ? bytes.then(toBytes, toError) : { bytes };
  } catch (error) {
    return { error };
  }
}

function toBytes(bytes: Uint8Array): ReadResult {
  return { bytes };
}

function toError(error: unknown): ReadResult {
  return { error };
}

/**
 * `length` bytes at `at` of a read. Where the read failed for a bad place, these bytes may still be good: they are
 * read alone.
 *
 * @throws what the read failed with
 */
export function partOf(
  source: Source,
  read: PlannedRead,
  result: ReadResult,
  at: number,
  length: number,
): MaybePromise<Uint8Array> {
  if ('bytes' in result) return result.bytes.subarray(at, at + length);
  const { error } = result;
  const isWider = length < read.length;
  if (isWider && error instanceof SourceError && ['EIO', 'short-read'].includes(error.code))
    return source.read(fileOffset(read.offset + at), length);
  throw error;
}

/** Parts that follow one another, as one piece; no copy where there is one part. */
export function joinParts(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
