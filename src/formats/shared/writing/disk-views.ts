import type { Chunk, ChunkOptions, Disk } from '../../../model/disk.ts';
import { guestOffset, type GuestOffset, type GuestRange } from '../../../model/offsets.ts';
import type { UnitRuns } from './unit-runs.ts';

/** Bytes of a layer that are read at once. */
const STEP = 256 * 1024;

/** A part of a disk as a disk of its own, for an extent that stores it; shorter where the disk ends before. */
export function sliceDisk(disk: Disk, start: number, most: number): Disk {
  const length = Math.max(0, Math.min(most, disk.size - start));
  if (start === 0 && length === disk.size) return disk;
  const inside = (range: GuestRange | undefined): GuestRange => {
    const from = Math.min(range?.start ?? 0, length);
    return { start: guestOffset(start + from), length: Math.min(range?.length ?? length, length - from) };
  };
  const move = <T extends GuestRange>(found: T): T => ({ ...found, start: guestOffset(found.start - start) });
  return {
    size: length,
    async *pieces(range) {
      for await (const batch of disk.pieces(inside(range))) yield batch.map(move);
    },
    read: (at, into) => disk.read(guestOffset(start + at), into),
    async *chunks(range, options) {
      for await (const chunk of disk.chunks(inside(range), options)) yield move(chunk);
    },
  };
}

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

/** Behind the end of the layer below are zeros. */
async function readBelow(below: Disk, at: number, length: number): Promise<Chunk> {
  const bytes = new Uint8Array(length);
  const available = Math.min(length, Math.max(0, below.size - at));
  const start: GuestOffset = guestOffset(at);
  if (available > 0) await below.read(start, bytes.subarray(0, available));
  return { kind: 'data', start, length, bytes };
}
