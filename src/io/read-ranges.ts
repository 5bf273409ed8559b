import { biggestRead, plan, type FileRange, type PlannedPart, type PlannedRead } from './plan.ts';
import { partOf, startRead, type ReadResult } from './planned-reads.ts';
import { readBulk, ReadMemory } from './read-memory.ts';
import { fileOffset, type MaybePromise, type Source } from './source.ts';
import { Turns } from './turns.ts';

/** Bytes of one of the ranges that were asked for. */
export interface RangeBytes {
  /** Which range. */
  readonly index: number;
  /** First byte, counted from the start of the range. */
  readonly from: number;
  /** The caller may keep and change them, unless ranges overlap, which may then share memory. */
  readonly bytes: Uint8Array;
}

/** How ranges are read. */
export interface ReadRangesOptions {
  /** Bytes of one read at most; default 256 KiB of a file, 4 MiB over HTTP. */
  readonly biggest?: number;
  /**
   * Whether the memory of bytes that were told is read into again, once the next ones are asked for: who only looks at
   * them, or writes them at once, saves half of the time. Default false: they belong to the caller.
   */
  readonly reuse?: boolean;
  /** Ends the reading: its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** Short ranges that are planned together at most. */
const WINDOW_RANGES = 4096;

/** What reads return that are not waited for any more. */
const NOTHING = new Uint8Array(0);

/**
 * Ranges that are planned together: sorted by their place in the file among themselves, told in the order of the
 * request.
 */
interface Window {
  readonly pieces: readonly Piece[];
  readonly reads: readonly PlannedRead[];
  readonly results: readonly MaybePromise<ReadResult>[];
}

interface Piece extends FileRange {
  readonly index: number;
  readonly from: number;
  readonly parts: { readonly read: number; readonly part: PlannedPart }[];
}

/**
 * Reads ranges in any order, near ones in one read, with as many reads in flight as the source has lanes, and yields
 * their bytes in the order of the request: each range in one piece or several, without a gap. While one window of
 * ranges is told, the next is read; what is kept is bounded by both, whatever the ranges are.
 *
 * @throws SourceError where bytes cannot be read, after all that come before them were told
 */
export async function* readRanges(
  source: Source,
  ranges: Iterable<FileRange>,
  { biggest = biggestRead(source.cost), reuse = false, signal }: ReadRangesOptions = {},
): AsyncGenerator<RangeBytes, void, undefined> {
  const turns = new Turns(source.cost.lanes);
  const memory = reuse ? new ReadMemory(biggest) : null;
  let isOver = false;
  const start = (read: PlannedRead): MaybePromise<Uint8Array> => {
    if (isOver) return NOTHING;
    return readBulk(source, read, memory?.take(read.length));
  };
  const open = (pieces: readonly Piece[]): Window => {
    const reads = plan(pieces, source.cost, biggest);
    for (const [read, { parts }] of reads.entries())
      for (const part of parts) pieces[part.index]?.parts.push({ read, part });
    return { pieces, reads, results: reads.map((read) => startRead(turns, () => start(read))) };
  };
  const finish = async ({ results }: Window): Promise<void> => {
    if (memory !== null) for (const result of results) memory.giveBack(await result);
  };
  try {
    let current: Window | undefined;
    for (const pieces of windowsOf(ranges, source, biggest)) {
      const next = open(pieces);
      if (current !== undefined) {
        yield* tell(source, current, signal);
        await finish(current);
      }
      current = next;
    }
    if (current !== undefined) yield* tell(source, current, signal);
  } finally {
    isOver = true;
  }
}

async function* tell(
  source: Source,
  { pieces, reads, results }: Window,
  signal: AbortSignal | undefined,
): AsyncGenerator<RangeBytes, void, undefined> {
  for (const { index, from, parts } of pieces)
    for (const { read: number, part } of parts) {
      signal?.throwIfAborted();
      const [read, result] = [reads[number], results[number]];
      if (read === undefined || result === undefined) throw new RangeError('a part of no read');
      const settled = result instanceof Promise ? await result : result;
      const bytes = partOf(source, read, settled, part.at, part.length);
      yield { index, from: from + part.from, bytes: bytes instanceof Promise ? await bytes : bytes };
    }
}

/**
 * Cuts ranges into pieces of at most `biggest` bytes, and puts so many into a window that its reads fill the lanes
 * twice.
 */
function* windowsOf(
  ranges: Iterable<FileRange>,
  { cost }: Source,
  biggest: number,
): Generator<readonly Piece[], void, undefined> {
  const most = cost.lanes * biggest;
  let pieces: Piece[] = [];
  let bytes = 0;
  let index = 0;
  for (const { offset, length } of ranges) {
    for (let from = 0; from < length; from += biggest) {
      const piece = Math.min(biggest, length - from);
      pieces.push({ offset: fileOffset(offset + from), length: piece, index, from, parts: [] });
      bytes += piece + Math.min(cost.gap, biggest);
      if (bytes < most && pieces.length < WINDOW_RANGES) continue;
      yield pieces;
      pieces = [];
      bytes = 0;
    }
    index++;
  }
  if (pieces.length > 0) yield pieces;
}
