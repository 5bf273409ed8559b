const FRAME = 0xfd2fb528;
/** Magic numbers of frames that carry no content, the last four bits aside. */
const SKIPPABLE = 0x184d2a50;
const BLOCK_HEADER = 3;
const CHECKSUM = 4;
/** Bytes of the content size by its flag, where the frame is not a single segment. */
const SIZE_BYTES = [0, 2, 4, 8];
const DICTIONARY_BYTES = [0, 1, 2, 4];

/**
 * Bytes of the Zstandard frame that `bytes` begins with, as its block headers tell (RFC 8878, section 3.1); `null`
 * where none begins or it is cut off.
 */
export function frameLength(bytes: Uint8Array): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) return null;
  const magic = view.getUint32(0, true);
  if ((magic & ~0xf) >>> 0 === SKIPPABLE) return inside(8 + view.getUint32(4, true), bytes);
  if (magic !== FRAME) return null;
  const descriptor = view.getUint8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >>> 6;
  const sizeBytes = sizeFlag === 0 && isSingleSegment ? 1 : (SIZE_BYTES[sizeFlag] ?? 0);
  let at = 5 + (isSingleSegment ? 0 : 1) + (DICTIONARY_BYTES[descriptor & 3] ?? 0) + sizeBytes;
  for (let isLast = false; !isLast;) {
    if (at + BLOCK_HEADER > bytes.length) return null;
    const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    isLast = (header & 1) !== 0;
    const type = (header >>> 1) & 3;
    // A run of one byte is stored as that byte; type 3 is reserved.
    if (type === 3) return null;
    at += BLOCK_HEADER + (type === 1 ? 1 : header >>> 3);
  }
  return inside(at + ((descriptor & 4) === 0 ? 0 : CHECKSUM), bytes);
}

/** Whether a frame begins that carries no content. */
export function isSkippable(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  const magic = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  return (magic & ~0xf) >>> 0 === SKIPPABLE;
}

function inside(length: number, bytes: Uint8Array): number | null {
  return length <= bytes.length ? length : null;
}
