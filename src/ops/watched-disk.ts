import type { Chunk, ChunkOptions, Disk } from '../model/disk.ts';
import type { GuestOffset, GuestRange } from '../model/offsets.ts';

/** `disk`, of which somebody is told how far it was read: the guest byte behind the last. */
export function watchDisk(disk: Disk, onProgress: (done: number) => void): Disk {
  return {
    size: disk.size,
    pieces: (range?: GuestRange) => disk.pieces(range),
    read: (at: GuestOffset, into: Uint8Array) => disk.read(at, into),
    async *chunks(range?: GuestRange, options?: ChunkOptions): AsyncGenerator<Chunk, void, undefined> {
      for await (const chunk of disk.chunks(range, options)) {
        yield chunk;
        onProgress(chunk.start + chunk.length);
      }
    },
  };
}

/** A disk of `size` bytes that stores nothing. */
export function emptyDisk(size: number): Disk {
  const hole = (range: GuestRange | undefined) => {
    const start = (range?.start ?? 0) as GuestOffset;
    return { kind: 'unallocated', start, length: Math.min(range?.length ?? size, size - start) } as const;
  };
  return {
    size,
    async *pieces(range) {
      const piece = { ...hole(range), layer: 0 };
      if (piece.length > 0) yield [piece];
    },
    read: (_, into) => void into.fill(0),
    async *chunks(range) {
      const chunk = hole(range);
      if (chunk.length > 0) yield chunk;
    },
  };
}
