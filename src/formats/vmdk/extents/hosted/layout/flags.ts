import type { SparseExtentHeader } from '../../../../../../generated/vmdk4.ts';

/** The flags word of a header in hex, as documents write it. */
export function showFlags(flags: SparseExtentHeader['flags']): string {
  const word =
    Number(flags.validNewlineDetector) +
    Number(flags.useRedundant) * 2 +
    Number(flags.zeroedGrain) * 4 +
    flags.reservedCompatible * 8 +
    Number(flags.compressed) * 0x1_0000 +
    Number(flags.markers) * 0x2_0000 +
    flags.reservedIncompatible * 0x4_0000;
  return `0x${word.toString(16)}`;
}
