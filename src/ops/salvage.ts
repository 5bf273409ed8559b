import { SourceError, UnreadableImageError } from '../errors.ts';
import type { Image, Mapping } from '../model/image.ts';
import { guestOffset, type GuestOffset, type GuestRange } from '../model/offsets.ts';

/** How mappings are asked for. */
export interface MappingOptions {
  /** Whether a table that cannot be fetched makes what it maps `unreadable`, instead of ending everything; default false. */
  readonly salvage?: boolean;
}

/** Guest bytes that are given up together at least where a table cannot be fetched: less is not worth asking for alone. */
const LEAST = 64 * 1024;
/** So many such ranges are given up one by one; then more at once each time, so that the work is bounded on a disk of any size. */
const MANY = 1024;

/** An image's mappings, with what can be saved of them where that is asked for. */
export function mappingsOf(
  image: Image,
  range: GuestRange,
  { salvage = false }: MappingOptions,
): AsyncIterable<readonly Mapping[]> {
  return salvage ? salvaged(image, range.start, range.start + range.length) : image.mappings(range);
}

/** Asks for everything; where a table cannot be fetched, halves what is left in front of the fault until only what it maps is lost. */
async function* salvaged(
  image: Image,
  from: number,
  end: number,
): AsyncGenerator<readonly Mapping[], void, undefined> {
  let at = from;
  let step = end - from;
  let least = LEAST;
  let losses = 0;
  while (at < end) {
    const length = Math.min(step, end - at);
    try {
      for await (const batch of image.mappings({ start: guestOffset(at), length })) {
        yield batch;
        const last = batch.at(-1);
        if (last !== undefined) at = last.start + last.length;
      }
      step *= 2;
    } catch (error) {
      if (!(error instanceof SourceError || error instanceof UnreadableImageError)) throw error;
      if (length > least) step = Math.max(least, Math.floor(length / 2 / LEAST) * LEAST);
      else {
        if (++losses > MANY) step = least *= 2;
        yield [lost(guestOffset(at), length, error)];
        at += length;
      }
    }
  }
}

function lost(start: GuestOffset, length: number, error: SourceError | UnreadableImageError): Mapping {
  return { kind: 'unreadable', start, length, at: null, reason: error.message };
}
