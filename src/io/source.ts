declare const fileOffsetBrand: unique symbol;

/** A byte position in a file. A plain number at run time; the brand keeps it apart from guest positions. */
export type FileOffset = number & { readonly [fileOffsetBrand]: true };

/** Marks `bytes`, a non-negative safe integer, as a position in a file. */
export function fileOffset(bytes: number): FileOffset {
  return bytes as FileOffset;
}

/**
 * A value that is there already, or will be. Whoever has it at once returns it at once: an `await` costs more than a
 * small read.
 */
export type MaybePromise<T> = T | Promise<T>;

/** What reading a source costs: this makes one code serve a file, a Blob and a URL. */
export interface ReadCost {
  /** Bytes below which a smaller read is no cheaper: file 4 KiB, Blob 256 KiB, HTTP 64 KiB. */
  readonly unit: number;
  /**
   * Two ranges are read as one where the hole between them has no more bytes: file 32 KiB, Blob 1 MiB, HTTP 128
   * KiB.
   */
  readonly gap: number;
  /** Reads that are worth having in flight at once, at least 1: file 8, Blob 4, HTTP 4, a stream 1. */
  readonly lanes: number;
}

/**
 * Bytes that can be read at any position: a file, a buffer, a range of another source, a URL.
 * Sources compose; the opener of one closes it.
 */
export interface Source {
  /** How messages name it: the path or URL as it was given, a URL without its credentials. */
  readonly name: string;
  /** Length in bytes at the time of opening; `Infinity` for a stream whose end was not seen yet. */
  readonly size: number;
  /** Bytes the file takes up where it is stored, holes left out; `null` where that is unknown. */
  readonly storedSize: number | null;
  /** When the bytes were last changed, in milliseconds since 1970; `null` where that is unknown. */
  readonly modified: number | null;
  /**
   * Equal for two sources that are the same bytes under two names (device and inode, URL ...); asked for while the
   * source is open.
   */
  readonly identity: string;
  /** What reading costs. */
  readonly cost: ReadCost;
  /**
   * Reads exactly `length` bytes at `offset`; the range must be inside `size`.
   *
   * @param into scratch of at least `length` bytes; the result may then be a view of it, valid until it is reused. It
   *   belongs to the source until the promise settles. Without it the caller owns the result.
   * @throws SourceError when the range is outside, or fewer bytes arrive than were asked for. A source throws or
   *   rejects, as it likes.
   */
  read(offset: FileOffset, length: number, into?: Uint8Array): MaybePromise<Uint8Array>;
  /**
   * The same as `read` where that would block: for big reads that go on beside other work. Only a source whose `read`
   * blocks has it.
   */
  readLater?(offset: FileOffset, length: number, into?: Uint8Array): Promise<Uint8Array>;
  /**
   * The bytes from `start` to `end - 1` in order, in pieces as they arrive, which the caller owns: one long request
   * instead of many. Only sources for which that is cheaper have it.
   *
   * @param signal ends the request; the iteration then throws the signal's reason
   */
  stream?(start: FileOffset, end: FileOffset, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Whether nothing speaks of a change since opening: not size, time of change, inode or ETag. */
  isUnchanged(): MaybePromise<boolean>;
  close(): MaybePromise<void>;
}

/** Reads what there is of `length` bytes at `offset`: shorter at the end of the source, empty after it. */
export function readAvailable(source: Source, offset: FileOffset, length: number): MaybePromise<Uint8Array> {
  const { size } = source;
  const available = Math.max(0, Math.min(length, size - offset));
  if (available === 0) return new Uint8Array(0);
  const read = source.read(offset, available);
  if (size !== Infinity || !(read instanceof Promise)) return read;
  // A stream that has reached its end meanwhile knows how much there is, and keeps the last that passed.
  return read.catch((error: unknown) => {
    if (source.size === Infinity) throw error;
    return readAvailable(source, offset, length);
  });
}

/** Goes on with a value: at once where it is there, else when it arrives. What `next` throws is thrown, or rejects. */
export function whenRead<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
