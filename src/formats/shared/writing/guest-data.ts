import type { Chunk, Disk } from '../../../model/disk.ts';
import { nonZeroRuns } from '../zero-runs.ts';

/** Zeros that stand for holes where all of a disk is written. */
const ZEROS = new Uint8Array(256 * 1024);

/** How the bytes of a disk are gone through. */
export interface GuestDataOptions {
  /** As in `WriteContext`. */
  readonly sparse: number;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes of the disk; valid until the next ones are asked for. */
export interface GuestData {
  /** Guest position. */
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** What has to be written of a disk, in ascending order: everything but holes and long zeros; all of it for a `sparse` of 0. */
export async function* guestData(
  disk: Disk,
  { sparse, signal }: GuestDataOptions,
): AsyncGenerator<GuestData, void, undefined> {
  for await (const chunk of disk.chunks(undefined, signal === undefined ? {} : { signal })) {
    const { start } = chunk;
    if (chunk.kind !== 'data') {
      if (sparse === 0) yield* zeros(chunk);
    } else if (sparse === 0) yield { start, bytes: chunk.bytes };
    else
      for (const { from, to } of nonZeroRuns(chunk.bytes, start, sparse))
        yield { start: start + from, bytes: chunk.bytes.subarray(from, to) };
  }
}

function* zeros({ start, length }: Chunk): Iterable<GuestData> {
  for (let done = 0; done < length; done += ZEROS.length)
    yield { start: start + done, bytes: ZEROS.subarray(0, Math.min(ZEROS.length, length - done)) };
}
