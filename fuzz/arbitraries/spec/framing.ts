import type { BitStream } from './bit-stream.ts';
import { Unfit } from './values.ts';

/** How the end of bytes is told in their field. */
export interface Ending {
  readonly terminator: Uint8Array;
  readonly include: boolean;
  readonly consume: boolean;
  readonly eosError: boolean;
  readonly padByte: number | undefined;
}

/** Can bytes be shorter than their field? */
export function isEnded({ terminator, padByte }: Ending): boolean {
  return terminator.length > 0 || padByte !== undefined;
}

/** Writes bytes into a field of a size, with what tells their end. Throws Unfit where they would read as others. */
export function writeSized(stream: BitStream, bytes: Uint8Array, size: number, ending: Ending): void {
  if (bytes.length > size) throw new Unfit('too long for its field', bytes.length);
  const { terminator, include, padByte = 0 } = ending;
  const field = new Uint8Array(size).fill(padByte);
  field.set(bytes);
  if (!include && bytes.length + terminator.length <= size) field.set(terminator, bytes.length);
  if (!isSame(contentsOf(field, ending), bytes)) throw new Unfit('its end would not be found', bytes.length);
  stream.writeBytes(field);
}

/** Writes bytes and the terminator behind them. Throws Unfit where they would read as others. */
export function writeTerminated(stream: BitStream, bytes: Uint8Array, ending: Ending): void {
  const { terminator, include, consume, eosError } = ending;
  const found = indexOfUnit(bytes, terminator);
  if (found < 0 && !eosError && stream.remaining === bytes.length) return stream.writeBytes(bytes);
  if (include ? found < 0 || found !== bytes.length - terminator.length : found >= 0)
    throw new Unfit('the terminator is out of place');
  if (consume) return stream.writeBytes(include ? bytes : Uint8Array.of(...bytes, ...terminator));
  stream.writeBytes(include ? bytes.subarray(0, found) : bytes);
  stream.writeAhead(terminator);
}

/** What a reader takes of a field: up to the terminator, or else without padding. */
function contentsOf(field: Uint8Array, { terminator, include, padByte }: Ending): Uint8Array {
  const found = terminator.length === 0 ? -1 : indexOfUnit(field, terminator);
  if (found >= 0) return field.subarray(0, include ? found + terminator.length : found);
  if (padByte === undefined) return field;
  let end = field.length;
  while (end > 0 && field[end - 1] === padByte) end--;
  return field.subarray(0, end);
}

/** Where a terminator begins, a whole number of its widths from the start; or -1. */
function indexOfUnit(bytes: Uint8Array, unit: Uint8Array): number {
  for (let at = 0; at + unit.length <= bytes.length; at += unit.length)
    if (isSame(bytes.subarray(at, at + unit.length), unit)) return at;
  return -1;
}

/** Are both the same bytes? */
export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
