import { biggestRead, plan, type FileRange, type PlannedPart, type PlannedRead } from '../../io/plan.ts';
import { joinParts, partOf, startRead, type ReadResult } from '../../io/planned-reads.ts';
import { fileOffset, type MaybePromise, type Source } from '../../io/source.ts';
import { readBulk, ReadMemory } from '../../io/read-memory.ts';
import { Turns } from '../../io/turns.ts';
import type { Chunk, ChunkOptions, Piece } from '../../model/disk.ts';
import { guestOffset } from '../../model/offsets.ts';
import type { Losses } from './losses.ts';
import { bytesInside, readStored, whyOutside } from './stored.ts';
import type { UnitPiece, Units, Unpacked } from './units.ts';

/** Bytes of one chunk of data at most. */
const CHUNK = 256 * 1024;
/** Units that are unpacked side by side at most, and their bytes. */
const MOST_AHEAD = 16;
const AHEAD_BYTES = 1024 * 1024;
/** Items that are planned together at most. */
const WINDOW_ITEMS = 4096;

/** What reading ahead needs of a disk. */
export interface Reading {
  readonly units: Units;
  readonly losses: Losses;
}

/** The next thing to tell: a piece, no longer than a chunk where it is stored, and the reads that have its bytes. */
interface Item {
  readonly piece: Piece;
  readonly source: Source | null;
  readonly range: FileRange | null;
  readonly parts: { readonly read: StartedRead; readonly part: PlannedPart }[];
  /** What comes of unpacking, from when that is begun on; `null` where the stored bytes cannot be read like this. */
  unpacked?: Promise<Unpacked | null>;
}

interface StartedRead {
  readonly plan: PlannedRead;
  readonly result: MaybePromise<ReadResult>;
}

/** Items that are planned together: sorted by file and place for reading, told in guest order. */
type Window = readonly Item[];

/** A window whose reads are under way. */
interface StartedWindow {
  readonly items: Window;
  readonly reads: readonly { readonly memory: ReadMemory; readonly result: MaybePromise<ReadResult> }[];
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

/** Starts the reads of windows. */
class Lanes {
  readonly #sources = new Map<Source, { readonly turns: Turns; readonly memory: ReadMemory }>();
  #isOver = false;

  start(items: Window): StartedWindow {
    const bySource = new Map<Source, Item[]>();
    for (const item of items) {
      if (item.source === null) continue;
      const others = bySource.get(item.source);
      if (others === undefined) bySource.set(item.source, [item]);
      else others.push(item);
    }
    return { items, reads: [...bySource].flatMap(([source, its]) => this.#startOf(source, its)) };
  }

  /** The memory of a window that was told is read into again. */
  async finish({ reads }: StartedWindow): Promise<void> {
    for (const { memory, result } of reads)
      memory.giveBack(result instanceof Promise ? await result : result);
  }

  /** What was not begun by now is read no more. */
  stop(): void {
    this.#isOver = true;
  }

  #startOf(source: Source, items: readonly Item[]): StartedWindow['reads'] {
    const { turns, memory } = this.#lanesOf(source);
    const ranges = items.map(({ range }) => range ?? { offset: fileOffset(0), length: 0 });
    return plan(ranges, source.cost, biggestRead(source.cost)).map((planned) => {
      const result = startRead(turns, () =>
        this.#isOver ? new Uint8Array(0) : readBulk(source, planned, memory.take(planned.length)),
      );
      for (const part of planned.parts)
        items[part.index]?.parts.push({ read: { plan: planned, result }, part });
      return { memory, result };
    });
  }

  #lanesOf(source: Source): { readonly turns: Turns; readonly memory: ReadMemory } {
    const known = this.#sources.get(source);
    if (known !== undefined) return known;
    const lanes = { turns: new Turns(source.cost.lanes), memory: new ReadMemory(biggestRead(source.cost)) };
    this.#sources.set(source, lanes);
    return lanes;
  }
}

/** Unpacks the next units while others are told. */
class UnitsAhead {
  readonly #units: Units;
  /** In the order of the disk: those that are not begun. */
  readonly #waiting: Item[] = [];
  #begun = 0;
  /** What was begun last: pieces of one unit share it. */
  #last: { readonly piece: UnitPiece; readonly unpacked: Promise<Unpacked | null> } | null = null;

  constructor(units: Units) {
    this.#units = units;
  }

  /** These come next; their reads are under way. */
  add(items: Window): void {
    for (const item of items) if (item.piece.kind === 'compressed') this.#waiting.push(item);
    this.#fill();
  }

  /** The bytes of the next piece of a unit. */
  async take({ unpacked }: Item, piece: UnitPiece): Promise<Uint8Array> {
    const found = await unpacked;
    this.#begun--;
    this.#fill();
    // What is wrong with a read is said by that of this unit alone, which may even succeed: its stream may end
    // before the fault.
    return found == null ? this.#units.read(piece) : this.#units.settle(piece, found);
  }

  #fill(): void {
    for (let item = this.#waiting[0]; item !== undefined; item = this.#waiting[0]) {
      const { piece } = item;
      if (piece.kind !== 'compressed') return;
      const most = Math.max(2, Math.min(MOST_AHEAD, Math.floor(AHEAD_BYTES / piece.unit.length)));
      if (this.#begun >= most) return;
      this.#begun++;
      this.#waiting.shift();
      item.unpacked = this.#isSameUnit(piece) ?? this.#begin(item, piece);
      this.#last = { piece, unpacked: item.unpacked };
    }
  }

  #isSameUnit({ layer, unit, at }: UnitPiece): Promise<Unpacked | null> | null {
    const last = this.#last;
    if (last === null) return null;
    const { piece } = last;
    const isSame = piece.layer === layer && piece.unit.start === unit.start && piece.at.offset === at.offset;
    return isSame ? last.unpacked : null;
  }

  async #begin({ source, parts }: Item, piece: UnitPiece): Promise<Unpacked | null> {
    if (source === null) return null;
    const found: Uint8Array[] = [];
    try {
      for (const { read, part } of parts) {
        const bytes = bytesOf(source, read, part);
        found.push(bytes instanceof Promise ? await bytes : bytes);
      }
    } catch {
      return null;
    }
    return this.#units.start(piece, joinParts(found));
  }
}

/** Cuts pieces into items, and puts so many into a window that its reads fill the lanes. */
async function* windowsOf(found: AsyncIterable<readonly Piece[]>): AsyncGenerator<Window, void, undefined> {
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

function bytesOf(
  source: Source,
  { plan: planned, result }: StartedRead,
  part: PlannedPart,
): MaybePromise<Uint8Array> {
  if (!(result instanceof Promise)) return partOf(source, planned, result, part.at, part.length);
  return result.then((settled) => partOf(source, planned, settled, part.at, part.length));
}
