/** Order of two byte arrays, byte by byte, the shorter first on a tie: negative, zero or positive. */
export function byteArrayCompare(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Do two byte arrays contain the same bytes? */
export function bytesEqual(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  const { length } = a;
  if (length !== b.length) return false;
  for (let index = 0; index < length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

/** The same memory as a view. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Are these the bytes from `start` on, all of which the view contains? */
export function bytesAt(view: DataView, start: number, wanted: readonly number[]): boolean {
  for (let index = 0; index < wanted.length; index += 1)
    if (view.getUint8(start + index) !== wanted[index]) return false;
  return true;
}

/**
 * Are `size` bytes from `start` on zero, all of which the view contains? Four words are looked at together: padding
 * is long.
 */
export function zerosAt(view: DataView, start: number, size: number): boolean {
  const end = start + size;
  let at = start;
  let found = 0;
  for (; at + 16 <= end && found === 0; at += 16)
    found = view.getInt32(at) | view.getInt32(at + 4) | view.getInt32(at + 8) | view.getInt32(at + 12);
  for (; at < end && found === 0; at += 1) found = view.getUint8(at);
  return found === 0;
}

/** `pad-right`: the bytes without the pad bytes at their end; a view of the same memory. */
export function bytesStripRight(bytes: Uint8Array, padByte: number): Uint8Array {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === padByte) length -= 1;
  return bytes.subarray(0, length);
}

/** The bytes up to the first `terminator`, with it if `include`; all of them where there is none. A view. */
export function bytesTerminate(bytes: Uint8Array, terminator: number, include: boolean): Uint8Array {
  const at = bytes.indexOf(terminator);
  return at < 0 ? bytes : bytes.subarray(0, include ? at + 1 : at);
}

/** As `bytesTerminate` for a terminator of several bytes, which counts only at a multiple of its own length. */
export function bytesTerminateMulti(bytes: Uint8Array, terminator: Uint8Array, include: boolean): Uint8Array {
  const at = indexOfUnit(bytes, terminator);
  return at < 0 ? bytes : bytes.subarray(0, include ? at + terminator.length : at);
}

/**
 * A field with both `terminator` and `pad-right`: the bytes up to the terminator, or where there is none, without the
 * pad bytes at their end. So a terminator that equals the pad byte is not taken for one. A view.
 */
export function bytesTrim(
  bytes: Uint8Array,
  terminator: number,
  include: boolean,
  padByte: number,
): Uint8Array {
  return bytes.includes(terminator)
    ? bytesTerminate(bytes, terminator, include)
    : bytesStripRight(bytes, padByte);
}

/** As `bytesTrim` for a terminator of several bytes. */
export function bytesTrimMulti(
  bytes: Uint8Array,
  terminator: Uint8Array,
  include: boolean,
  padByte: number,
): Uint8Array {
  const isTerminated = indexOfUnit(bytes, terminator) >= 0;
  return isTerminated ? bytesTerminateMulti(bytes, terminator, include) : bytesStripRight(bytes, padByte);
}

/** Offset of the first whole code unit that equals `unit`, or -1. */
export function indexOfUnit(bytes: Uint8Array, unit: Uint8Array): number {
  const width = unit.length;
  if (width === 0) return -1;
  for (let at = 0; at + width <= bytes.length; at += width) {
    let same = 0;
    while (same < width && bytes[at + same] === unit[same]) same += 1;
    if (same === width) return at;
  }
  return -1;
}

/** All parts one after the other in new memory. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
