import { viewOf, zerosAt } from './bytes.ts';
import { ConversionError, DivisionByZeroError, IndexOutOfRangeError } from './errors.ts';

/**
 * A size, position, count or index as a `number`, exactly.
 *
 * @throws ConversionError where the value is no integer or is above 2^53; `what` names its use.
 */
export function toSafeInteger(value: number | bigint, what = 'value'): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number))
    throw new ConversionError(`${what} ${value} is not an integer below 2^53`);
  return number;
}

/**
 * A float's integer part, as `to_i` demands.
 *
 * @throws ConversionError for NaN, infinities and anything above 2^53.
 */
export function floatToInteger(value: number): number {
  return toSafeInteger(Math.trunc(value), 'float');
}

/** Remainder with the sign of the divisor, as Kaitai's `%` wants: `-5 % 8` is 3. Both are safe integers. */
export function floorMod(a: number, b: number): number {
  if (b === 0) throw new DivisionByZeroError();
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest + 0;
}

/** As `floorMod`, for 64-bit values. */
export function floorModBig(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new DivisionByZeroError();
  const rest = a % b;
  return rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest;
}

/**
 * Quotient rounded down, as Kaitai's `/` on integers wants: `-5 / 8` is -1. Both are safe integers; below 2^53 the
 * rounding of the float quotient cannot reach the next integer, so the result is exact.
 */
export function floorDiv(a: number, b: number): number {
  if (b === 0) throw new DivisionByZeroError();
  return Math.floor(a / b) + 0;
}

/** As `floorDiv`, for 64-bit values. */
export function floorDivBig(a: bigint, b: bigint): bigint {
  return (a - floorModBig(a, b)) / b;
}

const LOW_WORD = 2 ** 32;

/** What 64-bit integers are rounded to that a number cannot represent exactly. */
export const ROUNDED_TO = 2 ** 11;

/**
 * An unsigned 64-bit integer as a number: exact below 2^53, above it rounded down to a multiple of 2^11. So it
 * compares with constants below 2^53 as the exact one does, and is below any multiple of 2^11 if that is, too.
 */
export function roundedU8(view: DataView, at: number, isLittle = false): number {
  const highWord = view.getUint32(isLittle ? at + 4 : at, isLittle);
  const lowWord = view.getUint32(isLittle ? at : at + 4, isLittle);
  return (
    highWord * LOW_WORD + (highWord < LOW_WORD / ROUNDED_TO ? lowWord : lowWord - (lowWord % ROUNDED_TO))
  );
}

/** `a & b` on safe integers as if two's complement without end, where JavaScript's own `&` keeps 32 bits. */
export function bitAnd(a: number, b: number): number {
  return join(high(a) & high(b), a & b);
}

/** `a | b` on safe integers; see `bitAnd`. */
export function bitOr(a: number, b: number): number {
  return join(high(a) | high(b), a | b);
}

/** `a ^ b` on safe integers; see `bitAnd`. */
export function bitXor(a: number, b: number): number {
  return join(high(a) ^ high(b), a ^ b);
}

/** `a << count` as a product; the caller knows that the result stays below 2^53. */
export function shiftLeft(a: number, count: number): number {
  return a * 2 ** count;
}

/** `a >> count` on a safe integer, the sign kept. */
export function shiftRight(a: number, count: number): number {
  return Math.floor(a / 2 ** count);
}

/** Longest shift of a `bigint`: a longer one would only fill the memory. */
const LONGEST_SHIFT = 1024n;

/**
 * `a << count` of any size.
 *
 * @throws ConversionError where the count is negative or above 1024.
 */
export function shiftLeftBig(a: bigint, count: bigint): bigint {
  if (count < 0n || count > LONGEST_SHIFT) throw new ConversionError(`cannot shift left by ${count} bits`);
  return a << count;
}

/**
 * `a >> count` of any size, the sign kept.
 *
 * @throws ConversionError where the count is negative.
 */
export function shiftRightBig(a: bigint, count: bigint): bigint {
  if (count < 0n) throw new ConversionError(`cannot shift right by ${count} bits`);
  return a >> count;
}

function high(value: number): number {
  return Math.floor(value / LOW_WORD);
}

function join(highWord: number, lowWord: number): number {
  return highWord * LOW_WORD + (lowWord >>> 0);
}

/**
 * `array[index]` that never is `undefined`.
 *
 * @throws IndexOutOfRangeError where there is no such element; ConversionError where the index is no integer below
 *   2^53.
 */
export function elementAt<T>(array: ArrayLike<T>, index: number | bigint): T {
  const at = toSafeInteger(index, 'index');
  const element = array[at];
  if (element === undefined) throw new IndexOutOfRangeError(at, array.length);
  return element;
}

/** The last element; throws as `elementAt` on an empty array. */
export function lastOf<T>(array: ArrayLike<T>): T {
  return elementAt(array, array.length - 1);
}

/** The smallest element of numbers, bigints or strings; throws as `elementAt` on an empty array. */
export function minOf<T extends number | bigint | string>(array: ArrayLike<T>): T {
  let least = elementAt(array, 0);
  for (let index = 1; index < array.length; index += 1) {
    const element = array[index];
    if (element !== undefined && element < least) least = element;
  }
  return least;
}

/** The largest element of numbers, bigints or strings; throws as `elementAt` on an empty array. */
export function maxOf<T extends number | bigint | string>(array: ArrayLike<T>): T {
  let greatest = elementAt(array, 0);
  if (array instanceof Uint8Array && zerosAt(viewOf(array), 0, array.length)) return greatest;
  for (let index = 1; index < array.length; index += 1) {
    const element = array[index];
    if (element !== undefined && element > greatest) greatest = element;
  }
  return greatest;
}
