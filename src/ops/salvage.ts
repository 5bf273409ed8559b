import { SourceError, UnreadableImageError } from '../errors.ts';
import type { Loss } from '../model/disk.ts';
import type { Image, Mapping } from '../model/image.ts';
import { guestOffset, type GuestOffset, type GuestRange } from '../model/offsets.ts';
import { clipMapping } from './clip.ts';

/** How mappings are asked for. */
export interface MappingOptions {
  /**
   * Whether a table that cannot be fetched makes what it maps `unreadable`, instead of ending everything, and
   * second copies of tables are asked where the first ones tell nothing that can be read; default false.
   */
  readonly salvage?: boolean;
  /** Is told of ranges for which a second copy helped. */
  readonly onRescue?: (range: GuestRange) => void;
  /** Is told, by `mapImage`, of what cannot be read. */
  readonly onLoss?: (loss: Loss) => void;
}

/**
 * Guest bytes that are given up together at least where a table cannot be fetched: less is not worth asking for
 * alone.
 */
const LEAST = 64 * 1024;
/**
 * So many such ranges are given up one by one; then more at once each time, so that the work is bounded on a disk
 * of any size.
 */
const MANY = 1024;

/** An image's mappings, with what can be saved of them where that is asked for. */
export function mappingsOf(
  image: Image,
  range: GuestRange,
  options: MappingOptions,
): AsyncIterable<readonly Mapping[]> {
  if (options.salvage !== true) return image.mappings(range);
  return rescued(image, salvaged(image, range.start, range.start + range.length), options);
}

/**
 * Asks for everything; where a table cannot be fetched, halves what is left before the fault until only what it
 * maps is lost.
 */
async function* salvaged(
  image: Pick<Image, 'mappings'>,
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

/** Asks the second copies of tables where the first ones tell nothing that can be read. */
async function* rescued(
  image: Image,
  batches: AsyncIterable<readonly Mapping[]>,
  { onRescue }: MappingOptions,
): AsyncGenerator<readonly Mapping[], void, undefined> {
  const mappings = image.otherMappings?.bind(image);
  if (mappings === undefined) {
    yield* batches;
    return;
  }
  for await (const batch of batches) {
    const found: Mapping[] = [];
    for (let index = 0; index < batch.length;) {
      const isLost = isUseless(batch[index]);
      let end = index + 1;
      while (isLost && end < batch.length && isUseless(batch[end])) end++;
      const part = batch.slice(index, end);
      for (const mapping of isLost ? await replace(mappings, part, onRescue) : part) found.push(mapping);
      index = end;
    }
    yield found;
  }
}

/** Whether nothing can be read by a mapping: its table is lost, or what it points to is not inside its file. */
function isUseless(mapping: Mapping | undefined): boolean {
  if (mapping?.kind === 'unreadable') return true;
  if (mapping?.kind !== 'data' && mapping?.kind !== 'compressed') return false;
  const { source } = mapping.at.file;
  if (source === null) return false;
  return mapping.at.offset + (mapping.kind === 'data' ? mapping.length : 1) > source.size;
}

/** Neighbouring mappings of no use, with those of the second copy in their place where these are of some. */
async function replace(
  mappings: Image['mappings'],
  useless: readonly Mapping[],
  onRescue: MappingOptions['onRescue'],
): Promise<readonly Mapping[]> {
  const first = useless[0]?.start ?? 0;
  const last = useless.at(-1);
  const end = last === undefined ? first : last.start + last.length;
  const found: Mapping[] = [];
  let index = 0;
  for await (const batch of salvaged({ mappings }, first, end))
    for (const other of batch) {
      if (!isUseless(other)) {
        found.push(other);
        onRescue?.({ start: other.start, length: other.length });
        continue;
      }
      const stop = other.start + other.length;
      for (let at: number = other.start; at < stop;) {
        let mapping = useless[index];
        while (mapping !== undefined && mapping.start + mapping.length <= at) mapping = useless[++index];
        if (mapping === undefined) break;
        const part = clipMapping(mapping, at, stop);
        found.push(part);
        at = part.start + part.length;
      }
    }
  return found;
}
