import type { Disk } from '../../../model/disk.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { WriteContext } from '../../../model/writer.ts';
import { guestData } from '../../shared/writing/guest-data.ts';
import type { FilePart } from '../../shared/writing/unit-writer.ts';
import type { FilePlan } from '../../shared/writing/file-plan.ts';
import { sectorsOf } from './sectors.ts';

/** Plans a flat extent: the disk byte by byte, whole sectors, with holes where it reads as zeros. */
export function planFlat(disk: Disk, { sparse }: WriteContext): FilePlan {
  return {
    size: sectorsOf(disk.size) * SECTOR_SIZE,
    isStreamable: true,
    parts: (signal) => writeFlat(disk, sparse, signal),
  };
}

async function* writeFlat(
  disk: Disk,
  sparse: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<FilePart, void, undefined> {
  for await (const { start, bytes } of guestData(disk, { sparse, signal }))
    if (bytes !== null) yield { at: start, bytes };
}
