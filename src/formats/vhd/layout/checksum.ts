/**
 * The checksum of a footer, a dynamic disk header or a batmap (VHD 1.0, "Checksum"): the one's complement of the
 * plain sum of all bytes, with the checksum field itself taken as zero.
 *
 * @param fieldOffset where the 4-byte checksum field is in `bytes`; left out where it is not part of them
 * @returns an unsigned 32-bit number
 */
export function computeChecksum(bytes: Uint8Array, fieldOffset: number = bytes.length): number {
  let sum = 0;
  // Footers are many and short: an index is what a loop that is not compiled yet is quickest with.
  for (let index = 0; index < bytes.length; index++) sum += bytes[index] ?? 0;
  for (const byte of bytes.subarray(fieldOffset, fieldOffset + 4)) sum -= byte;
  return ~sum >>> 0;
}

/** The batmap checksum of blktap 1.1, which summed the bytes as signed values. */
export function computeSignedChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum += (byte << 24) >> 24;
  return ~sum >>> 0;
}
