import { biggestRead, plan, type FileRange, type PlannedPart, type PlannedRead } from './plan.ts';
import { joinParts, partOf, startRead, type ReadResult } from './planned-reads.ts';
import { fileOffset, whenRead, type MaybePromise, type Source } from './source.ts';
import { Turns } from './turns.ts';

/** Pieces that are planned together at most: their places are sorted, and their bytes kept until all were visited. */
const WINDOW_PIECES = 4096;

/**
 * Reads many small pieces of one length, near ones in one read and some reads in flight; synchronous where `source`
 * is.
 *
 * @param offsets where the pieces begin; one that is 0 or less, or not wholly inside the source, is skipped, since
 *   the read of the table that names it has reported it
 * @param length bytes of one piece
 * @param visit is told each piece in the order of `offsets`; the bytes are good until it returns
 * @throws SourceError where a piece cannot be read; what `visit` throws
 */
export function scattered(
  source: Source,
  offsets: ArrayLike<number>,
  length: number,
  visit: (index: number, bytes: Uint8Array) => void,
): MaybePromise<void> {
  return new Scattered(source, offsets, length, visit).readFrom(0);
}

/** A piece in a window, and what it gets of which reads: more than one where it was cut. */
interface Piece {
  readonly index: number;
  readonly parts: { readonly read: number; readonly part: PlannedPart }[];
}

class Scattered {
  readonly #source: Source;
  readonly #offsets: ArrayLike<number>;
  readonly #length: number;
  readonly #visit: (index: number, bytes: Uint8Array) => void;
  readonly #turns: Turns;
  readonly #biggest: number;
  /** So many pieces at once that what their reads fetch, gaps counted, is a few of the biggest reads. */
  readonly #most: number;

  constructor(
    source: Source,
    offsets: ArrayLike<number>,
    length: number,
    visit: (index: number, bytes: Uint8Array) => void,
  ) {
    const { cost } = source;
    this.#source = source;
    this.#offsets = offsets;
    this.#length = length;
    this.#visit = visit;
    this.#turns = new Turns(cost.lanes);
    this.#biggest = Math.max(length, biggestRead(cost));
    const most = Math.floor((cost.lanes * this.#biggest) / (length + cost.gap + 1));
    this.#most = Math.max(1, Math.min(WINDOW_PIECES, most));
  }

  readFrom(start: number): MaybePromise<void> {
    for (let first = start; first < this.#offsets.length;) {
      const { pieces, ranges, next } = this.#window(first);
      const read = this.#readWindow(pieces, ranges);
      if (read instanceof Promise) return this.#goOn(read, next);
      first = next;
    }
    return undefined;
  }

  async #goOn(read: Promise<void>, start: number): Promise<void> {
    await read;
    for (let first = start; first < this.#offsets.length;) {
      const { pieces, ranges, next } = this.#window(first);
      await this.#readWindow(pieces, ranges);
      first = next;
    }
  }

  #window(first: number): { pieces: Piece[]; ranges: FileRange[]; next: number } {
    const pieces: Piece[] = [];
    const ranges: FileRange[] = [];
    let next = first;
    for (; next < this.#offsets.length && pieces.length < this.#most; next++) {
      const offset = this.#offsets[next] ?? 0;
      if (offset <= 0 || offset + this.#length > this.#source.size) continue;
      pieces.push({ index: next, parts: [] });
      ranges.push({ offset: fileOffset(offset), length: this.#length });
    }
    return { pieces, ranges, next };
  }

  #readWindow(pieces: readonly Piece[], ranges: readonly FileRange[]): MaybePromise<void> {
    const reads = plan(ranges, this.#source.cost, this.#biggest);
    for (const [read, { parts }] of reads.entries())
      for (const part of parts) pieces[part.index]?.parts.push({ read, part });
    const results = reads.map((read) =>
      startRead(this.#turns, () => this.#source.read(read.offset, read.length)),
    );
    if (results.every(isHere)) return this.#visitAll(pieces, reads, results, 0);
    return Promise.all(results.map(async (result) => result)).then((all) =>
      this.#visitAll(pieces, reads, all, 0),
    );
  }

  #visitAll(
    pieces: readonly Piece[],
    reads: readonly PlannedRead[],
    results: readonly ReadResult[],
    from: number,
  ): MaybePromise<void> {
    for (let number = from; number < pieces.length; number++) {
      const piece = pieces[number];
      if (piece === undefined) continue;
      const bytes = this.#bytesOf(piece, reads, results);
      if (bytes instanceof Promise)
        return bytes.then((late) => {
          this.#visit(piece.index, late);
          return this.#visitAll(pieces, reads, results, number + 1);
        });
      this.#visit(piece.index, bytes);
    }
    return undefined;
  }

  #bytesOf(
    { parts }: Piece,
    reads: readonly PlannedRead[],
    results: readonly ReadResult[],
  ): MaybePromise<Uint8Array> {
    const found = parts.map(({ read: number, part }) => {
      const [read, result] = [reads[number], results[number]];
      if (read === undefined || result === undefined) throw new RangeError('a part of no read');
      return partOf(this.#source, read, result, part.at, part.length);
    });
    return whenRead(found.every(isHere) ? found : all(found), (bytes) => joinParts(bytes));
  }
}

function isHere<T>(value: MaybePromise<T>): value is T {
  return !(value instanceof Promise);
}

function all<T>(values: readonly MaybePromise<T>[]): Promise<T[]> {
  return Promise.all(values.map(async (value) => value));
}
