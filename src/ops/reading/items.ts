import { biggestRead, type FileRange, type PlannedPart, type PlannedRead } from '../../io/plan.ts';
import { partOf, type ReadResult } from '../../io/planned-reads.ts';
import { fileOffset, type MaybePromise, type Source } from '../../io/source.ts';
import type { Piece } from '../../model/disk.ts';
import { guestOffset } from '../../model/offsets.ts';
import { bytesInside } from './stored.ts';
import type { Unpacked } from './units.ts';

/** Bytes of one chunk of data at most. */
const CHUNK = 256 * 1024;
/** Items that are planned together at most. */
const WINDOW_ITEMS = 4096;

/** The next thing to tell: a piece, no longer than a chunk where it is stored, and the reads that have its bytes. */
export interface Item {
  readonly piece: Piece;
  readonly source: Source | null;
  readonly range: FileRange | null;
  readonly parts: { readonly read: StartedRead; readonly part: PlannedPart }[];
  /** What comes of unpacking, from when that is begun on; `null` where the stored bytes cannot be read like this. */
  unpacked?: Promise<Unpacked | null>;
}

export interface StartedRead {
  readonly plan: PlannedRead;
  readonly result: MaybePromise<ReadResult>;
}

/** Items that are planned together: sorted by file and place for reading, told in guest order. */
export type Window = readonly Item[];

/** Cuts pieces into items, and puts so many into a window that its reads fill the lanes. */
export async function* windowsOf(
  found: AsyncIterable<readonly Piece[]>,
): AsyncGenerator<Window, void, undefined> {
  let items: Item[] = [];
  let bytes = 0;
  for await (const batch of found)
    for (const piece of batch)
      for (const item of itemsOf(piece)) {
        items.push(item);
        const { source, range } = item;
        if (source !== null && range !== null)
          bytes += range.length + Math.min(source.cost.gap, range.length);
        const most = source === null ? Infinity : source.cost.lanes * biggestRead(source.cost);
        if (bytes < most && items.length < WINDOW_ITEMS) continue;
        yield items;
        items = [];
        bytes = 0;
      }
  if (items.length > 0) yield items;
}

function* itemsOf(piece: Piece): Iterable<Item> {
  if (piece.kind === 'compressed') {
    const { at, storedLength } = piece;
    const length = bytesInside(at, storedLength);
    if (length === 0) yield { piece, source: null, range: null, parts: [] };
    else yield { piece, source: at.file.source, range: { offset: at.offset, length }, parts: [] };
    return;
  }
  if (piece.kind !== 'data') {
    yield { piece, source: null, range: null, parts: [] };
    return;
  }
  const { start, length, at, layer } = piece;
  for (let from = 0; from < length; from += CHUNK) {
    const size = Math.min(CHUNK, length - from);
    const place = { file: at.file, offset: fileOffset(at.offset + from) };
    const item: Piece = { kind: 'data', start: guestOffset(start + from), length: size, at: place, layer };
    const isInside = bytesInside(place, size) === size;
    yield isInside
      ? { piece: item, source: at.file.source, range: { offset: place.offset, length: size }, parts: [] }
      : { piece: item, source: null, range: null, parts: [] };
  }
}

/** The bytes that a read has of an item. */
export function bytesOf(
  source: Source,
  { plan: planned, result }: StartedRead,
  part: PlannedPart,
): MaybePromise<Uint8Array> {
  if (!(result instanceof Promise)) return partOf(source, planned, result, part.at, part.length);
  return result.then((settled) => partOf(source, planned, settled, part.at, part.length));
}
