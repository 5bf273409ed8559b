import { fileOffset, type MaybePromise, type Source } from '../../io/source.ts';
import type { Located } from '../../model/image-file.ts';
import type { Losses } from './losses.ts';

/** Bytes that are given up together at least where a read fails: no disk has smaller sectors. */
const LEAST = 512;

/** How many of `length` bytes at a place are inside its file; 0 where that is not open. */
export function bytesInside({ file, offset }: Located, length: number): number {
  return file.source === null ? 0 : Math.max(0, Math.min(length, file.source.size - offset));
}

/** Why bytes at a place are not inside its file, as the end of a sentence. */
export function whyOutside({ file, offset }: Located): string {
  return file.source === null
    ? `${file.path} is not open`
    : `they should be at byte ${offset} of ${file.path}, which ends at byte ${file.source.size}`;
}

/**
 * Reads stored bytes into `into`; guest byte `start` is the first of them.
 *
 * @throws UnreadableImageError where they are not all inside the file; SourceError where they cannot be fetched
 */
export function readStored(at: Located, into: Uint8Array, start: number, losses: Losses): MaybePromise<void> {
  const inside = bytesInside(at, into.length);
  if (inside < into.length) {
    losses.add(start + inside, into.length - inside, whyOutside(at));
    into.fill(0, inside);
  }
  const { source } = at.file;
  if (source === null || inside === 0) return undefined;
  const target = into.subarray(0, inside);
  try {
    const read = readInto(source, at.offset, target);
    if (!(read instanceof Promise) || !losses.areAllowed) return read;
    return read.catch((error: unknown) => save(source, at.offset, target, start, losses, error));
  } catch (error) {
    return save(source, at.offset, target, start, losses, error);
  }
}

/** Fills `into` from byte `offset` of the source on. */
function readInto(source: Source, offset: number, into: Uint8Array): MaybePromise<void> {
  const read = source.read(fileOffset(offset), into.length, into);
  return read instanceof Promise ? read.then((bytes) => copy(bytes, into)) : copy(read, into);
}

/** A source may return a view of memory of its own. */
function copy(bytes: Uint8Array, into: Uint8Array): void {
  if (bytes.buffer !== into.buffer || bytes.byteOffset !== into.byteOffset) into.set(bytes);
}

/** Reads by halves what could not be read whole, so that only what is really bad is lost. */
async function save(
  source: Source,
  offset: number,
  into: Uint8Array,
  start: number,
  losses: Losses,
  error: unknown,
): Promise<void> {
  if (!losses.covers(error)) throw error;
  const half = Math.ceil(into.length / 2 / LEAST) * LEAST;
  if (into.length <= LEAST || half >= into.length) {
    into.fill(0);
    losses.add(start, into.length, error.message, error);
    return;
  }
  for (const [from, to] of [
    [0, half],
    [half, into.length],
  ] as const) {
    const part = into.subarray(from, to);
    try {
      await readInto(source, offset + from, part);
    } catch (reason) {
      await save(source, offset + from, part, start + from, losses, reason);
    }
  }
}
