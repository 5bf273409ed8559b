import { fileOffset } from '../../io/source.ts';
import type { Chunk, ChunkOptions, Piece } from '../../model/disk.ts';
import { guestOffset } from '../../model/offsets.ts';
import { bytesOf, windowsOf, type Item, type Window } from './items.ts';
import { Lanes, type StartedWindow } from './lanes.ts';
import type { Losses } from './losses.ts';
import { bytesInside, readStored, whyOutside } from './stored.ts';
import { UnitsAhead } from './units-ahead.ts';
import type { Units } from './units.ts';

/** What reading ahead needs of a disk. */
export interface Reading {
  readonly units: Units;
  readonly losses: Losses;
}

/**
 * Reads pieces in order: near ones in one read, as many reads in flight as each source has lanes. While one window
 * is told, the next is read. What is kept is bounded by both, whatever the pieces are.
 */
export async function* readAhead(
  found: AsyncIterable<readonly Piece[]>,
  reading: Reading,
  { signal }: ChunkOptions,
): AsyncGenerator<Chunk, void, undefined> {
  const lanes = new Lanes();
  const ahead = new UnitsAhead(reading.units);
  let current: StartedWindow | null = null;
  try {
    for await (const items of windowsOf(found)) {
      const next = lanes.start(items);
      ahead.add(items);
      if (current !== null) {
        yield* tell(current.items, reading, ahead, signal);
        await lanes.finish(current);
      }
      current = next;
    }
    if (current !== null) yield* tell(current.items, reading, ahead, signal);
  } finally {
    lanes.stop();
  }
}

/** Tells the chunks of a window; holes that follow one another are one. */
async function* tell(
  items: Window,
  reading: Reading,
  ahead: UnitsAhead,
  signal: AbortSignal | undefined,
): AsyncGenerator<Chunk, void, undefined> {
  for (const item of items) {
    signal?.throwIfAborted();
    const { piece } = item;
    const { start, length } = piece;
    switch (piece.kind) {
      case 'zero':
      case 'unallocated':
        yield { kind: piece.kind, start, length };
        break;
      case 'unknown':
      case 'unreadable':
        reading.losses.add(start, length, piece.reason);
        yield { kind: 'zero', start, length };
        break;
      case 'compressed':
        yield { kind: 'data', start, length, bytes: await ahead.take(item, piece) };
        break;
      case 'data':
        yield* tellData(item, piece, reading);
    }
  }
}

async function* tellData(
  { parts, source }: Item,
  piece: Extract<Piece, { kind: 'data' }>,
  { losses }: Reading,
): AsyncGenerator<Chunk, void, undefined> {
  if (source === null) {
    yield* tellCut(piece, losses);
    return;
  }
  for (const { read, part } of parts) {
    const start = guestOffset(piece.start + part.from);
    let bytes: Uint8Array;
    try {
      const found = bytesOf(source, read, part);
      bytes = found instanceof Promise ? await found : found;
    } catch (error) {
      if (!losses.covers(error)) throw error;
      bytes = new Uint8Array(part.length);
      const { file, offset } = piece.at;
      await readStored({ file, offset: fileOffset(offset + part.from) }, bytes, start, losses);
    }
    yield { kind: 'data', start, length: bytes.length, bytes };
  }
}

/** Data that are not all inside their file. */
async function* tellCut(
  { at, start, length }: Extract<Piece, { kind: 'data' }>,
  losses: Losses,
): AsyncGenerator<Chunk, void, undefined> {
  const inside = bytesInside(at, length);
  if (inside > 0) {
    const bytes = new Uint8Array(inside);
    await readStored(at, bytes, start, losses);
    yield { kind: 'data', start, length: inside, bytes };
  }
  losses.add(start + inside, length - inside, whyOutside(at));
  yield { kind: 'zero', start: guestOffset(start + inside), length: length - inside };
}
