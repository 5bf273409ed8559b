import type { Chunk, ChunkOptions, Disk, Piece } from '../model/disk.ts';
import { guestOffset, type GuestRange } from '../model/offsets.ts';
import { areEqualBytes } from '../formats/shared/equal-bytes.ts';
import { isZero } from '../formats/shared/zero-runs.ts';
import { ChunkCursor } from './chunk-cursor.ts';

/** Bytes that are compared at once. */
const BLOCK = 4096;
/** Bytes that are looked at by themselves where they differ: no format has smaller units. */
const SECTOR = 512;
/** Ranges that have to be compared are joined over so many bytes that need not be: starting anew costs more. */
const GAP = 1024 * 1024;

/**
 * `disk` as a delta over `below`: what both have alike is `unallocated`, zeros that `below` does not have are
 * `zero`, everything else that differs is `data`.
 *
 * @param shared pieces of this layer of `disk` and of those below it are those of `below`, and need not be
 *   compared; `Infinity`: none
 */
export function deltaDisk(disk: Disk, below: Disk, shared: number): Disk {
  const toDelta = (piece: Piece): Piece => {
    const { kind, start, length, layer } = piece;
    if (layer >= shared) return { kind: 'unallocated', start, length, layer };
    // A hole of the disk is none of the delta: the layer below may have data there.
    return kind === 'unallocated' ? { kind: 'zero', start, length, layer } : piece;
  };
  return {
    size: disk.size,
    async *pieces(range) {
      for await (const batch of disk.pieces(range)) yield batch.map(toDelta);
    },
    read: (at, into) => disk.read(at, into),
    async *chunks(range, options = {}) {
      let at = range?.start ?? 0;
      const end = Math.min(disk.size, range === undefined ? disk.size : range.start + range.length);
      for await (const doubtful of doubtfulRanges(disk, shared, range)) {
        if (doubtful.start > at) yield alike(at, doubtful.start);
        yield* compareRange(disk, below, doubtful, options);
        at = doubtful.start + doubtful.length;
      }
      if (at < end) yield alike(at, end);
    },
  };
}

function alike(from: number, to: number): Chunk {
  return { kind: 'unallocated', start: guestOffset(from), length: to - from };
}

/** The ranges that have to be compared, ascending. */
async function* doubtfulRanges(
  disk: Disk,
  shared: number,
  range: GuestRange | undefined,
): AsyncGenerator<GuestRange, void, undefined> {
  if (shared === Infinity) {
    yield range ?? { start: guestOffset(0), length: disk.size };
    return;
  }
  let from = -1;
  let to = -1;
  for await (const batch of disk.pieces(range))
    for (const { start, length, layer } of batch) {
      if (layer >= shared) continue;
      if (from >= 0 && start - to > GAP) {
        yield { start: guestOffset(from), length: to - from };
        from = -1;
      }
      if (from < 0) from = start;
      to = start + length;
    }
  if (from >= 0) yield { start: guestOffset(from), length: to - from };
}

async function* compareRange(
  disk: Disk,
  below: Disk,
  { start, length }: GuestRange,
  options: ChunkOptions,
): AsyncGenerator<Chunk, void, undefined> {
  const end = start + length;
  const mine = new ChunkCursor(disk.chunks({ start, length }, options), disk.size);
  const inside = Math.max(0, Math.min(length, below.size - start));
  const theirs = new ChunkCursor(below.chunks({ start, length: inside }, options), below.size);
  try {
    for (let at: number = start; at < end;) {
      const [one, other] = [await mine.at(at), await theirs.at(at)];
      const to = Math.min(one.end, other.end, end);
      yield* compareStretch(at, to, one.bytes, other.bytes);
      at = to;
    }
  } finally {
    await mine.close();
    await theirs.close();
  }
}

/**
 * What becomes of the bytes `from` to `to - 1`, of which the disk has `bytes` and the layer below `others`; `null`
 * for zeros.
 */
function* compareStretch(
  from: number,
  to: number,
  bytes: Uint8Array | null,
  others: Uint8Array | null,
): Iterable<Chunk> {
  if (bytes === null) {
    if (others === null || isZero(others.subarray(0, to - from))) yield alike(from, to);
    else yield { kind: 'zero', start: guestOffset(from), length: to - from };
    return;
  }
  let open = null as { readonly kind: Chunk['kind']; readonly from: number } | null;
  for (let at = from; at < to;) {
    const block = Math.min(to, at + BLOCK - (at % BLOCK));
    const isAlike = kindOf(bytes, others, at - from, block - from) === 'unallocated';
    const next = isAlike ? block : Math.min(to, at + SECTOR - (at % SECTOR));
    const kind = isAlike ? 'unallocated' : kindOf(bytes, others, at - from, next - from);
    if (open?.kind !== kind) {
      if (open !== null) yield chunkOf(open.kind, open.from, at, bytes, from);
      open = { kind, from: at };
    }
    at = next;
  }
  if (open !== null) yield chunkOf(open.kind, open.from, to, bytes, from);
}

function kindOf(bytes: Uint8Array, others: Uint8Array | null, from: number, to: number): Chunk['kind'] {
  const part = bytes.subarray(from, to);
  const isHole = isZero(part);
  if (others === null ? isHole : areEqualBytes(part, others.subarray(from, to))) return 'unallocated';
  return isHole ? 'zero' : 'data';
}

function chunkOf(kind: Chunk['kind'], from: number, to: number, bytes: Uint8Array, origin: number): Chunk {
  const [start, length] = [guestOffset(from), to - from];
  return kind === 'data'
    ? { kind, start, length, bytes: bytes.subarray(from - origin, to - origin) }
    : { kind, start, length };
}
