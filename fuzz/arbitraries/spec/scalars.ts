import fc from 'fast-check';
import { bytesToStr, strToBytes } from '../../../src/codec/index.ts';

/** Integers of an interval, often its ends, powers of two and their neighbours. */
export function integerBetween(min: bigint, max: bigint): fc.Arbitrary<bigint> {
  const powers = Array.from({ length: 65 }, (_, power) => 1n << BigInt(power));
  const around = powers.flatMap((power) => [power - 1n, power, power + 1n, -power, -power - 1n]);
  const inside = [min, max, ...around.filter((edge) => edge > min && edge < max)];
  return fc.oneof({ weight: 2, arbitrary: fc.bigInt({ min, max }) }, fc.constantFrom(...inside));
}

/** Sizes and counts, small ones most of the time. */
export function smallBetween(min: bigint, max: bigint): fc.Arbitrary<bigint> {
  const least = min > 0n ? min : 0n;
  const within = (top: bigint): fc.Arbitrary<bigint> =>
    fc.bigInt({ min: least, max: least + top < max ? least + top : max });
  return fc.oneof({ weight: 5, arbitrary: within(4n) }, { weight: 3, arbitrary: within(12n) }, within(40n));
}

/** Indices and lengths. */
export function upTo(most: number): fc.Arbitrary<number> {
  return fc.nat(most);
}

/** Floats of 4 or 8 bytes of every kind: NaN, infinities, negative zero, the smallest and the largest. */
export function floatOf(size: number): fc.Arbitrary<number> {
  const odd = fc.constantFrom(NaN, -0, Infinity, -Infinity, size === 4 ? 2 ** -149 : 5e-324);
  return fc.oneof({ weight: 3, arbitrary: size === 4 ? fc.float() : fc.double() }, odd);
}

/** Floats of 4 or 8 bytes from `min` to `max`. */
export function floatBetween(size: number, min: number, max: number): fc.Arbitrary<number> {
  if (size === 8) return fc.double({ min, max });
  return fc.float().filter((value) => value >= min && value <= max);
}

/** So many bytes, small ones and zeros rather often. */
export function bytesOf(minLength: number, maxLength: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength, maxLength });
}

/** Text of at most so many bytes; of just as many where `exact` is set and the encoding has any such text. */
export function textOf(encoding: string, mostBytes: number, exact: boolean): fc.Arbitrary<string> {
  const characters = repertoireOf(encoding);
  const narrow = characters.filter((character) => strToBytes(character, encoding).length === 1);
  const wide = fc.array(fc.constantFrom(...characters), { maxLength: mostBytes });
  return wide.map((chosen) => {
    const text = cut(chosen, encoding, mostBytes);
    const missing = exact ? mostBytes - strToBytes(text, encoding).length : 0;
    return text + (narrow[0] ?? '').repeat(Math.max(0, missing));
  });
}

function cut(characters: readonly string[], encoding: string, mostBytes: number): string {
  let text = '';
  for (const character of characters) {
    if (strToBytes(text + character, encoding).length > mostBytes) break;
    text += character;
  }
  return text;
}

/** Of one to four bytes in UTF-8, with the byte order mark; more than any one encoding has. */
const SAMPLE =
  'aZ09 ~|@\u00e9\u00df\u03a9\u0436\u05d0\u20ac\u2588\u3042\u30ab\uff71\u6f22\uac00\ufeff\u{1f600}\u{10ffff}';

const repertoires = new Map<string, readonly string[]>();

/** Characters that an encoding has: a plain letter first, all those of one byte, and some others. */
function repertoireOf(encoding: string): readonly string[] {
  let known = repertoires.get(encoding);
  if (known === undefined) {
    const single = Array.from({ length: 256 }, (_, byte) => bytesToStr(Uint8Array.of(byte), encoding));
    known = [...new Set([...SAMPLE, ...single])].filter((character) => isIn(character, encoding));
    repertoires.set(encoding, known);
  }
  return known;
}

/** Is the character, beside a plain one, the same again when it is read? */
function isIn(character: string, encoding: string): boolean {
  if (character === '\ufffd') return false;
  try {
    const text = `${character}a`;
    return bytesToStr(strToBytes(text, encoding), encoding) === text;
  } catch {
    return false;
  }
}
