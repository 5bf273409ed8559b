import type { Chunk, Disk, Piece } from '../../src/model/disk.ts';
import { fileOffset } from '../../src/io/source.ts';
import { guestOffset, type GuestRange } from '../../src/model/offsets.ts';
import { Random } from './layouts/index.ts';

/** Bytes, or zeros by statement, of a disk that has nothing else. */
export interface DiskRun {
  readonly start: number;
  readonly length: number;
  /** `null`: the disk says that they are zeros. */
  readonly bytes: Uint8Array | null;
}

const FILE = { path: 'memory', role: 'image', source: null } as const;
const CHUNK = 256 * 1024;

/**
 * A disk in memory: as much as its runs take up, however large it is. Runs ascend and do not overlap; chunks have
 * `most` bytes at most.
 */
export function sparseDisk(size: number, runs: readonly DiskRun[], most = CHUNK): Disk {
  return {
    size,
    async *pieces(range) {
      const pieces: Piece[] = [];
      for (const { start, length, run } of stretches(size, runs, range)) {
        const piece = { start: guestOffset(start), length, layer: 0 };
        if (run === null) pieces.push({ ...piece, kind: 'unallocated' });
        else if (run.bytes === null) pieces.push({ ...piece, kind: 'zero' });
        else pieces.push({ ...piece, kind: 'data', at: { file: FILE, offset: fileOffset(start) } });
      }
      yield pieces;
    },
    read(at, into) {
      into.fill(0);
      for (const { start, length, run } of stretches(size, runs, { start: at, length: into.length }))
        if (run?.bytes != null)
          into.set(run.bytes.subarray(start - run.start, start - run.start + length), start - at);
    },
    async *chunks(range): AsyncGenerator<Chunk, void, undefined> {
      for (const { start, length, run } of stretches(size, runs, range))
        if (run?.bytes == null)
          yield { kind: run === null ? 'unallocated' : 'zero', start: guestOffset(start), length };
        else
          for (let done = 0; done < length; done += most) {
            const bytes = run.bytes
              .slice(start - run.start + done)
              .subarray(0, Math.min(most, length - done));
            yield { kind: 'data', start: guestOffset(start + done), length: bytes.length, bytes };
            // Nobody may keep what belongs to the disk.
            bytes.fill(0xee);
          }
    },
  };
}

interface Stretch {
  readonly start: number;
  readonly length: number;
  readonly run: DiskRun | null;
}

function* stretches(size: number, runs: readonly DiskRun[], range?: GuestRange): Iterable<Stretch> {
  let at: number = range?.start ?? 0;
  const end = Math.min(size, at + (range?.length ?? size));
  for (const run of runs) {
    const from = Math.max(at, run.start);
    const to = Math.min(end, run.start + run.length);
    if (from >= to) continue;
    if (from > at) yield { start: at, length: from - at, run: null };
    yield { start: from, length: to - from, run };
    at = to;
  }
  if (at < end) yield { start: at, length: end - at, run: null };
}

/** A disk with `count` runs at random places: noise, text, bytes that are zeros, and zeros by statement. */
export function randomDisk(size: number, count: number, seed: number, longest = 300_000, most = CHUNK): Disk {
  const random = new Random(seed);
  const starts = Array.from({ length: count }, () => Math.floor((random.next() * size) / 512) * 512);
  starts.sort((a, b) => a - b);
  const runs: DiskRun[] = [];
  for (const [index, start] of starts.entries()) {
    const most = Math.min(starts[index + 1] ?? size, start + longest) - start;
    if (most <= 0) continue;
    const length = random.chance(0.3) ? most : Math.max(1, Math.floor(random.next() * most));
    const kind = random.next();
    const bytes = kind < 0.15 ? null : kind < 0.25 ? new Uint8Array(length) : random.bytes(length);
    // Zeros in the middle of data, at no boundary.
    if (bytes !== null && random.chance(0.5))
      bytes.fill(0, Math.floor(length / 3), Math.floor((length * 2) / 3));
    runs.push({ start, length, bytes });
  }
  return sparseDisk(size, runs, most);
}
