import type { Disk } from '../../../model/disk.ts';
import { guestOffset, type GuestRange } from '../../../model/offsets.ts';

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
