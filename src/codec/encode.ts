import { strToBytes } from './encodings.ts';
import { EncodeError } from './errors.ts';
import type { FieldLayout } from './layout.ts';

/**
 * The bytes of one value of a field of fixed size. `before` are the bytes that are there now: a bit field changes its
 * own bits in them, and text that is shorter than its field keeps what follows it.
 *
 * @throws EncodeError where the value does not fit.
 */
export function encodeField(
  { type, encoding }: FieldLayout,
  value: unknown,
  before: Uint8Array,
  bit: number,
  path: string,
): Uint8Array {
  const number = /^([usf])([1248])(le|be)?$/.exec(type);
  if (number !== null) return encodeNumber(number[1] ?? 'u', before.length, number[3] === 'le', value, path);
  const bits = /^b([0-9]+)(le|be)$/.exec(type);
  if (bits !== null) return encodeBits(value, Number(bits[1]), bit, bits[2] === 'le', before, path);
  if (encoding !== undefined && typeof value === 'string')
    return encodeBytes(strToBytes(value, encoding), before, false, path);
  if (value instanceof Uint8Array) return encodeBytes(value, before, true, path);
  throw new EncodeError(`${path}: cannot write ${typeof value} as ${type}`);
}

function encodeNumber(
  kind: string,
  size: number,
  isLittle: boolean,
  value: unknown,
  path: string,
): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  if (kind === 'f' && typeof value === 'number') {
    if (size === 4) view.setFloat32(0, value, isLittle);
    else view.setFloat64(0, value, isLittle);
    return bytes;
  }
  const integer = asInteger(value, path);
  const width = BigInt(size * 8);
  const fits = kind === 's' ? BigInt.asIntN(Number(width), integer) : BigInt.asUintN(Number(width), integer);
  if (fits !== integer) throw new EncodeError(`${path}: ${integer} does not fit ${kind}${size}`);
  for (let index = 0; index < size; index++) {
    const shift = BigInt(8 * (isLittle ? index : size - 1 - index));
    bytes[index] = Number((integer >> shift) & 0xffn);
  }
  return bytes;
}

function asInteger(value: unknown, path: string): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  throw new EncodeError(`${path}: ${String(value)} is not an integer`);
}

function encodeBits(
  value: unknown,
  width: number,
  bit: number,
  isLittle: boolean,
  before: Uint8Array,
  path: string,
): Uint8Array {
  const integer = asInteger(value, path);
  if (BigInt.asUintN(width, integer) !== integer)
    throw new EncodeError(`${path}: ${integer} does not fit ${width} bits`);
  const bytes = before.slice();
  for (let index = 0; index < width; index++) {
    const position = bit + index;
    const mask = isLittle ? 1 << (position & 7) : 0x80 >> (position & 7);
    const source = BigInt(isLittle ? index : width - 1 - index);
    const at = position >> 3;
    const old = bytes[at] ?? 0;
    bytes[at] = ((integer >> source) & 1n) === 1n ? old | mask : old & ~mask;
  }
  return bytes;
}

function encodeBytes(value: Uint8Array, before: Uint8Array, isExact: boolean, path: string): Uint8Array {
  if (value.length > before.length || (isExact && value.length !== before.length)) {
    throw new EncodeError(`${path}: ${value.length} bytes do not fit a field of ${before.length}`);
  }
  const bytes = before.slice();
  bytes.set(value);
  return bytes;
}
