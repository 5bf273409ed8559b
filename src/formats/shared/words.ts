const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Bytes as little-endian 32-bit words, a trailing part of a word left out. A view of the same memory where the
 * platform and the alignment let it, else a copy: tables are walked by the million, so no call per entry.
 */
export function asWords(bytes: Uint8Array): Uint32Array {
  const count = bytes.length >>> 2;
  if (IS_LITTLE_ENDIAN && bytes.byteOffset % 4 === 0)
    return new Uint32Array(bytes.buffer, bytes.byteOffset, count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: count }, (_, index) => view.getUint32(index * 4, true));
}
