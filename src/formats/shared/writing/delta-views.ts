import type { Chunk, ChunkOptions, Disk } from '../../../model/disk.ts';
import { guestOffset, type GuestRange } from '../../../model/offsets.ts';
import type { UnitRuns } from './unit-runs.ts';

/** Bytes of a layer that are read at once. */
const STEP = 256 * 1024;

/** A delta of which the units that are stored are whole: the layer below gives what is missing of them. */
export function fillUnits(delta: Disk, below: Disk, unitSize: number, stored: UnitRuns): Disk {
  return {
    size: delta.size,
    pieces: (range) => delta.pieces(range),
    read: (at, into) => delta.read(at, into),
    async *chunks(range?: GuestRange, options?: ChunkOptions): AsyncGenerator<Chunk, void, undefined> {
      for await (const chunk of delta.chunks(range, options))
        if (chunk.kind === 'unallocated') yield* fillHole(chunk, below, unitSize, stored);
        else yield chunk;
    },
  };
}

async function* fillHole(
  { start, length }: GuestRange,
  below: Disk,
  unitSize: number,
  stored: UnitRuns,
): AsyncGenerator<Chunk, void, undefined> {
  const end = start + length;
  let at: number = start;
  for (const run of stored.between(Math.floor(start / unitSize), Math.ceil(end / unitSize))) {
    const from = Math.max(at, run.from * unitSize);
    const to = Math.min(end, run.to * unitSize);
    if (from > at) yield hole(at, from);
    for (at = from; at < to; at += STEP) yield await readBelow(below, at, Math.min(STEP, to - at));
    at = to;
  }
  if (at < end) yield hole(at, end);
}

function hole(from: number, to: number): Chunk {
  return { kind: 'unallocated', start: guestOffset(from), length: to - from };
}

/** Past the end of the layer below everything is zeros. */
async function readBelow(below: Disk, at: number, length: number): Promise<Chunk> {
  const bytes = new Uint8Array(length);
  const available = Math.min(length, Math.max(0, below.size - at));
  const start = guestOffset(at);
  if (available > 0) await below.read(start, bytes.subarray(0, available));
  return { kind: 'data', start, length, bytes };
}

/**
 * A delta whose units are its own as a whole or not at all: the layer below gives what is missing of those that it
 * has a part of. Zeros over a hole of that layer are no part of it.
 */
export function wholeUnitDelta(delta: Disk, below: Disk, unitSize: number): Disk {
  return {
    size: delta.size,
    pieces: (range) => delta.pieces(range),
    read: (at, into) => delta.read(at, into),
    chunks: (range, options) =>
      completeUnits(ownChunks(delta.chunks(range, options), below), below, unitSize, delta.size),
  };
}

/** What has to be stored: zeros over a hole are holes. */
async function* ownChunks(chunks: AsyncIterable<Chunk>, below: Disk): AsyncGenerator<Chunk, void, undefined> {
  for await (const chunk of chunks) {
    if (chunk.kind !== 'zero') {
      yield chunk;
      continue;
    }
    const end = chunk.start + chunk.length;
    let at: number = chunk.start;
    for await (const batch of below.pieces(chunk))
      for (const { kind, start, length } of batch) {
        if (kind === 'unallocated' || kind === 'zero') continue;
        if (start > at) yield hole(at, start);
        yield { kind: 'zero', start, length };
        at = start + length;
      }
    if (at < end) yield hole(at, end);
  }
}

async function* completeUnits(
  chunks: AsyncIterable<Chunk>,
  below: Disk,
  unitSize: number,
  size: number,
): AsyncGenerator<Chunk, void, undefined> {
  // Where what was told so far ends, and where its last unit does.
  let told = 0;
  let owed = 0;
  for await (const chunk of chunks) {
    if (chunk.kind === 'unallocated') continue;
    const { start, length } = chunk;
    const first = start - (start % unitSize);
    // The rest of the unit before, a hole, the beginning of this unit.
    const rest = Math.min(owed, start);
    yield* readRange(below, told, rest);
    const from = Math.max(rest, told, first);
    if (from > Math.max(rest, told)) yield hole(Math.max(rest, told), from);
    yield* readRange(below, from, start);
    yield chunk;
    told = start + length;
    owed = Math.min(size, Math.ceil(told / unitSize) * unitSize);
  }
  yield* readRange(below, told, owed);
}

/** What the layer below has between two places, which may be past the end of the disk. */
async function* readRange(below: Disk, from: number, to: number): AsyncGenerator<Chunk, void, undefined> {
  for (let at = from; at < to; at += STEP) yield await readBelow(below, at, Math.min(STEP, to - at));
}
