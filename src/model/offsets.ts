declare const guestOffsetBrand: unique symbol;

/** A byte position as the guest sees the disk. A plain number at run time; never mixed with a `FileOffset`. */
export type GuestOffset = number & { readonly [guestOffsetBrand]: true };

/** Marks `bytes`, a non-negative safe integer, as a position on the guest's disk. */
export function guestOffset(bytes: number): GuestOffset {
  return bytes as GuestOffset;
}

/** A run of guest bytes. */
export interface GuestRange {
  readonly start: GuestOffset;
  /** Bytes. */
  readonly length: number;
}

/** Bytes in a sector; every format here counts sectors of this size, on 4Kn disks too. */
export const SECTOR_SIZE = 512;

/**
 * Turns a 64-bit value of an image into a number that is exact, or says that it is none.
 *
 * @returns the value, or `null` where it is negative or above 2^53 - 1, so that no caller computes with a rounded one.
 */
export function toSafeNumber(value: bigint): number | null {
  return value >= 0n && value <= 9007199254740991n ? Number(value) : null;
}
