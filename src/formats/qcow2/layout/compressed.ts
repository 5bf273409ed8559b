import type { Geometry } from './geometry.ts';

const SECTOR = 512;
/** Host offsets have 56 bits; what is set above that in a descriptor is no position. */
const POSITION_BITS = 56;

/** Where a compressed cluster's stream is. */
export interface CompressedRange {
  /** Byte position in the file; any alignment. */
  readonly offset: number;
  /** Bytes that may be read for it; what follows the stream in its last sector may belong to the next one. */
  readonly length: number;
  /** Whether the position has bits above bit 55. */
  readonly isTooHigh: boolean;
}

/** Decodes the descriptor in bits 0 to 61 of an L2 entry; how many are the position depends on the cluster size. */
export function compressedRange({ clusterBits }: Geometry, high: number, low: number): CompressedRange {
  const positionBits = 62 - (clusterBits - 8);
  const highPosition = high & (2 ** (positionBits - 32) - 1);
  const moreSectors = (high & 0x3fff_ffff) >>> (positionBits - 32);
  const offset = highPosition * 2 ** 32 + (low >>> 0);
  return {
    offset,
    length: (moreSectors + 1) * SECTOR - (low & (SECTOR - 1)),
    isTooHigh: positionBits > POSITION_BITS && highPosition >>> (POSITION_BITS - 32) !== 0,
  };
}

/**
 * Whether a stream that begins at `next`, at or after the start of another, has more of that one's bytes than those
 * of its last sector, which streams may share.
 */
export function collide(
  { start, end }: { readonly start: number; readonly end: number },
  next: number,
): boolean {
  return next === start || next < end - SECTOR;
}
