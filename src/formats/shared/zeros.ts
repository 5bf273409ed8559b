import { areEqualBytes } from './equal-bytes.ts';

/** Words that are looked at one after another before long zeros are expected. */
const NEAR_WORDS = 256;
/**
 * Zeros that bytes are compared with: the platform does it ten times faster than a loop, and far faster than one
 * that is not compiled yet.
 */
const ZEROS = new Uint8Array(32_768);
/** Words that are compared at once, from many to few. */
const PIECES = [ZEROS.length / 4, 1024];

/** The first word from `from` on that is not zero; `to` where there is none before it. */
export function firstNonZero(words: Int32Array, from: number, to: number): number {
  const near = Math.min(to, from + NEAR_WORDS);
  const word = scan(words, from, near);
  if (word < near || near === to) return word;
  let next = near;
  for (const piece of PIECES) while (next + piece <= to && areZeros(words, next, piece)) next += piece;
  return scan(words, next, to);
}

/** Eight words are asked at a time: most of what is scanned is scanned once, before the loop is compiled. */
function scan(words: Int32Array, from: number, to: number): number {
  let word = from;
  for (; word <= to - 8; word += 8) {
    const used =
      (words[word] ?? 0) |
      (words[word + 1] ?? 0) |
      (words[word + 2] ?? 0) |
      (words[word + 3] ?? 0) |
      (words[word + 4] ?? 0) |
      (words[word + 5] ?? 0) |
      (words[word + 6] ?? 0) |
      (words[word + 7] ?? 0);
    if (used !== 0) break;
  }
  while (word < to && words[word] === 0) word++;
  return word;
}

/** Whether `count` words from `from` on, no more than there are zeros to compare them with, are zero. */
function areZeros(words: Int32Array, from: number, count: number): boolean {
  const bytes = new Uint8Array(words.buffer, words.byteOffset + 4 * from, 4 * count);
  return areEqualBytes(bytes, 4 * count === ZEROS.length ? ZEROS : ZEROS.subarray(0, 4 * count));
}

/** One more than the last word that is not zero; 0 where all are. */
export function endOfNonZero(words: Int32Array): number {
  let end = words.length;
  for (const piece of PIECES) while (end >= piece && areZeros(words, end - piece, piece)) end -= piece;
  while (end > 0 && words[end - 1] === 0) end--;
  return end;
}

/** The first byte from `from` on that is not zero; the length of `bytes` where there is none. */
export function firstNonZeroByte(bytes: Uint8Array, from: number): number {
  let at = Math.min(from, bytes.length);
  while (at < bytes.length && (bytes.byteOffset + at) % 4 !== 0 && bytes[at] === 0) at++;
  if ((bytes.byteOffset + at) % 4 === 0) {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, (bytes.length - at) >>> 2);
    at += 4 * firstNonZero(words, 0, words.length);
  }
  while (at < bytes.length && bytes[at] === 0) at++;
  return at;
}
