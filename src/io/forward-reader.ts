import { shortRead } from './derived-source.ts';
import { fileOffset, type Source } from './source.ts';

/** Takes bytes from a stream in the pieces that its reader wants, forward only. */
export class ForwardReader {
  readonly #name: string;
  readonly #chunks: AsyncIterator<Uint8Array>;
  /** What has arrived and was not taken yet. */
  #rest: Uint8Array = new Uint8Array(0);
  #position = 0;
  #isOver = false;
  #failure: { readonly reason: unknown } | null = null;

  /** @param name how messages call the stream */
  constructor(chunks: AsyncIterable<Uint8Array>, name: string) {
    this.#name = name;
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Bytes taken so far. */
  get position(): number {
    return this.#position;
  }

  /** The next bytes as they arrive, at most so many and at least one; `null` at the end. They are not kept. */
  async next(most: number): Promise<Uint8Array | null> {
    while (this.#rest.length === 0) {
      if (this.#failure !== null) throw this.#failure.reason;
      if (this.#isOver) return null;
      await this.#arrive();
    }
    const bytes = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(bytes.length);
    this.#position += bytes.length;
    return bytes;
  }

  /** A stream that failed has not ended, and says so each time it is asked. */
  async #arrive(): Promise<void> {
    try {
      const { done, value } = await this.#chunks.next();
      if (done === true) this.#isOver = true;
      else this.#rest = value;
    } catch (reason) {
      this.#failure = { reason };
    }
  }

  /** The next bytes, fewer than so many only at the end. */
  async upTo(length: number): Promise<Uint8Array> {
    let bytes = new Uint8Array(Math.min(length, 64 * 1024));
    let done = 0;
    while (done < length) {
      const piece = await this.next(length - done);
      if (piece === null) break;
      // Memory grows with what arrives, not with what a header says.
      if (done + piece.length > bytes.length) {
        const larger = new Uint8Array(Math.min(length, Math.max(bytes.length * 2, done + piece.length)));
        larger.set(bytes.subarray(0, done));
        bytes = larger;
      }
      bytes.set(piece, done);
      done += piece.length;
    }
    return bytes.subarray(0, done);
  }

  /**
   * Exactly so many bytes.
   *
   * @throws SourceError `short-read` where the stream ends before
   */
  async take(length: number): Promise<Uint8Array> {
    const offset = this.#position;
    const bytes = await this.upTo(length);
    if (bytes.length < length) throw shortRead(this.#name, offset, length, bytes.length);
    return bytes;
  }

  /** Passes over so many bytes; returns over how many there were. */
  async skip(length: number): Promise<number> {
    let done = 0;
    while (done < length) {
      const piece = await this.next(length - done);
      if (piece === null) break;
      done += piece.length;
    }
    return done;
  }

  /** Ends the stream. */
  async close(): Promise<void> {
    this.#isOver = true;
    this.#rest = new Uint8Array(0);
    await this.#chunks.return?.();
  }
}

/** Bytes of one piece of a stream over a source that has none of its own. */
const PIECE_BYTES = 256 * 1024;

/**
 * All bytes of a source in order: its own stream where it has one, else reads one after the other with the next one
 * under way.
 */
export async function* streamOf(
  source: Source,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (source.stream !== undefined) {
    yield* source.stream(fileOffset(0), fileOffset(source.size), signal);
    return;
  }
  const start = (at: number): Promise<Uint8Array> | null => {
    const length = Math.min(PIECE_BYTES, source.size - at);
    if (length <= 0) return null;
    const offset = fileOffset(at);
    const read = source.readLater
      ? source.readLater(offset, length)
      : new Promise<Uint8Array>((resolve) => resolve(source.read(offset, length)));
    // It may fail while the one before is looked at.
    read.catch(() => undefined);
    return read;
  };
  let next = start(0);
  for (let at = 0; next !== null;) {
    signal?.throwIfAborted();
    const bytes: Uint8Array = await next;
    at += bytes.length;
    next = start(at);
    yield bytes;
  }
}
