import { SourceError } from '../errors.ts';
import { demandInside, shortRead } from './derived-source.ts';
import { ForwardReader } from './forward-reader.ts';
import type { FileRange } from './plan.ts';
import type { FileOffset, MaybePromise, ReadCost, Source } from './source.ts';
import { StreamMemory } from './stream-memory.ts';

/** A stream has one reader, and passing over bytes costs as much as reading them. */
const STREAM_COST: ReadCost = { unit: 64 * 1024, gap: 1024 * 1024, lanes: 1 };

let streamsMade = 0;

/** What is known of a stream, and what of it is kept. */
export interface RememberedOptions {
  /** How messages call it. */
  readonly name: string;
  /** Its length where that is known, as that of a member of a tar is; else the end tells. */
  readonly size?: number | null;
  /** Bytes of its beginning that are kept; default 1 MiB. */
  readonly head?: number;
  /** The last so many bytes that passed are kept; default 1 MiB. */
  readonly tail?: number;
  /** Bytes that are kept at most by `keep`; default 64 MiB. */
  readonly budget?: number;
}

/**
 * A stream as a source: it is read forward, and backward only in what it keeps. Its `size` is `Infinity` until the
 * end was seen, unless it was told.
 */
export interface StreamSource extends Source {
  /** The byte that comes next. */
  readonly position: number;
  /**
   * Keeps a range that did not pass yet, when it passes.
   *
   * @throws SourceError `too-much-to-keep` where all such ranges have more bytes than the budget; `not-seekable`
   *   where it passed already
   */
  keep(range: FileRange): void;
  /** Passes over all that is left, so that the end can be read; returns the size. */
  readToEnd(): Promise<number>;
}

/**
 * A source over a stream that can be read once: standard input, an unpacked file. A read after what passed reads on
 * to it; one of what passed is served from memory, at once, where it was kept.
 *
 * @throws SourceError of its reads: `not-seekable` where the bytes passed and were not kept, `short-read` where the
 *   stream ends before
 */
export function remembered(chunks: AsyncIterable<Uint8Array>, options: RememberedOptions): StreamSource {
  return new RememberedSource(chunks, options);
}

class RememberedSource implements StreamSource {
  readonly name: string;
  readonly storedSize = null;
  readonly modified = null;
  readonly identity: string = `stream:${streamsMade++}`;
  readonly cost: ReadCost = STREAM_COST;
  readonly #reader: ForwardReader;
  readonly #memory: StreamMemory;
  #size: number;
  /** Reads that wait for bytes to come do so one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(chunks: AsyncIterable<Uint8Array>, { name, size, head, tail, budget }: RememberedOptions) {
    const mebibyte = 1024 * 1024;
    this.name = name;
    this.#size = size ?? Infinity;
    this.#reader = new ForwardReader(chunks, name);
    this.#memory = new StreamMemory(head ?? mebibyte, tail ?? mebibyte, budget ?? 64 * mebibyte);
  }

  get size(): number {
    return this.#size;
  }

  get position(): number {
    return this.#memory.position;
  }

  keep({ offset, length }: FileRange): void {
    const at = { source: this.name, offset, length };
    if (this.#memory.has(offset, length)) return;
    if (offset < this.position) throw this.#passed(offset, length);
    if (!this.#memory.keep(offset, length))
      throw new SourceError(
        'too-much-to-keep',
        `${this.name}: more would have to be kept than memory is allowed`,
        at,
      );
  }

  read(offset: FileOffset, length: number, into?: Uint8Array): MaybePromise<Uint8Array> {
    demandInside(this, offset, length);
    const target =
      into?.subarray(0, length) ?? (this.#isLikely(offset, length) ? new Uint8Array(length) : null);
    if (target !== null && this.#memory.read(offset, target)) return target;
    return this.#inTurn(() => this.#readOn(offset, length, into));
  }

  async *stream(
    start: FileOffset,
    end: FileOffset,
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    demandInside(this, start, end - start);
    const piece = 64 * 1024;
    for (let at: number = start; at < end; at += piece) {
      signal?.throwIfAborted();
      yield await this.read(at as FileOffset, Math.min(piece, end - at));
    }
  }

  readToEnd(): Promise<number> {
    return this.#inTurn(async () => {
      while (this.position < this.#size) if ((await this.#pass(Infinity)) === null) break;
      return this.#size;
    });
  }

  isUnchanged(): boolean {
    return true;
  }

  async close(): Promise<void> {
    await this.#reader.close();
  }

  /** Whether memory is worth allocating for: all of it passed already, so that no more is asked for than was there. */
  #isLikely(offset: number, length: number): boolean {
    return offset + length <= this.position;
  }

  async #readOn(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array> {
    const begin = Math.min(offset + length, Math.max(offset, this.position));
    const early = begin - offset;
    if (early > 0 && !this.#memory.has(offset, early)) throw this.#passed(offset, length);
    // Before anything of it is overwritten by what comes.
    const first = new Uint8Array(early);
    this.#memory.read(offset, first);
    while (this.position < begin) if ((await this.#pass(begin - this.position)) === null) break;
    const pieces: Uint8Array[] = [first];
    let done = early;
    while (done < length) {
      const bytes = this.position === offset + done ? await this.#pass(length - done) : null;
      if (bytes === null) throw shortRead(this.name, offset, length, done);
      pieces.push(bytes);
      done += bytes.length;
    }
    const target = into?.subarray(0, length) ?? new Uint8Array(length);
    let at = 0;
    for (const bytes of pieces) {
      target.set(bytes, at);
      at += bytes.length;
    }
    return target;
  }

  /** Lets the next bytes pass, and keeps of them what is to be kept; `null` at the end. */
  async #pass(most: number): Promise<Uint8Array | null> {
    const bytes = await this.#reader.next(Math.min(most, this.#size - this.position));
    if (bytes !== null) this.#memory.pass(bytes);
    else if (this.#size === Infinity) this.#size = this.position;
    else if (this.position < this.#size)
      throw shortRead(this.name, this.position, this.#size - this.position, 0);
    return bytes;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  #passed(offset: number, length: number): SourceError {
    const message = `${this.name}: bytes ${offset} to ${offset + length - 1} have passed, and a stream goes forward only; save it to a file first`;
    return new SourceError('not-seekable', message, { source: this.name, offset, length });
  }
}
