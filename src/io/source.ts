declare const fileOffsetBrand: unique symbol;

/** A byte position in a file. A plain number at run time; the brand keeps it apart from guest positions. */
export type FileOffset = number & { readonly [fileOffsetBrand]: true };

/** Marks `bytes`, a non-negative safe integer, as a position in a file. */
export function fileOffset(bytes: number): FileOffset {
  return bytes as FileOffset;
}

/**
 * Bytes that can be read at any position: a file, a buffer, a range of another source, a URL.
 * Sources compose; whoever opens one closes it.
 */
export interface Source {
  /** How messages name it: the path or URL as it was given. */
  readonly name: string;
  /** Length in bytes at the time of opening. */
  readonly size: number;
  /** Bytes the file takes up where it is stored, holes left out; `null` where nobody can tell. */
  readonly storedSize: number | null;
  /** When the bytes were last changed, in milliseconds since 1970; `null` where nobody can tell. */
  readonly modified: number | null;
  /** Equal for two sources that are the same bytes under two names (device and inode, URL ...); asked for while the source is open. */
  readonly identity: string;
  /**
   * Reads exactly `length` bytes at `offset`; the range must lie inside `size`.
   *
   * @param into scratch of at least `length` bytes; the result may then be a view of it, valid until it is reused.
   *   Without it the caller owns the result.
   * @throws SourceError when the range is outside, or fewer bytes arrive than were asked for.
   */
  read(offset: FileOffset, length: number, into?: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** Whether nothing speaks of a change since opening: not size, time of change, inode or ETag. */
  isUnchanged(): boolean | Promise<boolean>;
  close(): void | Promise<void>;
}

/** Reads what there is of `length` bytes at `offset`: shorter at the end of the source, empty behind it. */
export function readAvailable(
  source: Source,
  offset: FileOffset,
  length: number,
): Uint8Array | Promise<Uint8Array> {
  const available = Math.max(0, Math.min(length, source.size - offset));
  return available === 0 ? new Uint8Array(0) : source.read(offset, available);
}
