import type { Chunk, Disk } from '../../../model/disk.ts';
import { nonZeroRuns } from '../zero-runs.ts';

/** Zeros that stand for holes where all of a disk is written. */
const ZEROS = new Uint8Array(256 * 1024);

/** How the bytes of a disk are gone through. */
export interface GuestDataOptions {
  /** As in `WriteContext`. */
  readonly sparse: number;
  readonly signal?: AbortSignal | undefined;
  /** Whether the disk is a delta, of which zeros are a part; default: no. */
  readonly isDelta?: boolean;
}

/** A run of the disk. */
export interface GuestData {
  /** Guest position. */
  readonly start: number;
  readonly length: number;
  /** Valid until the next run is asked for; `null`: zeros that a delta has. */
  readonly bytes: Uint8Array | null;
}

/**
 * What has to be written of a disk, in ascending order: everything but holes and long zeros, all of it for a
 * `sparse` of 0. Of a delta it is everything but holes.
 */
export async function* guestData(
  disk: Disk,
  { sparse, signal, isDelta = false }: GuestDataOptions,
): AsyncGenerator<GuestData, void, undefined> {
  for await (const chunk of disk.chunks(undefined, signal === undefined ? {} : { signal })) {
    const { start, length } = chunk;
    if (isDelta) {
      if (chunk.kind !== 'unallocated')
        yield { start, length, bytes: chunk.kind === 'data' ? chunk.bytes : null };
    } else if (chunk.kind !== 'data') {
      if (sparse === 0) yield* zeros(chunk);
    } else if (sparse === 0) yield { start, length, bytes: chunk.bytes };
    else
      for (const { from, to } of nonZeroRuns(chunk.bytes, start, sparse))
        yield { start: start + from, length: to - from, bytes: chunk.bytes.subarray(from, to) };
  }
}

function* zeros({ start, length: all }: Chunk): Iterable<GuestData> {
  for (let done = 0; done < all; done += ZEROS.length) {
    const length = Math.min(ZEROS.length, all - done);
    yield { start: start + done, length, bytes: ZEROS.subarray(0, length) };
  }
}
