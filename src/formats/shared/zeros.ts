/**
 * The first word from `from` on that is not zero; `to` where there is none before it. Eight words are asked at a time: most of what is scanned is
 * scanned once, before the loop is compiled.
 */
export function firstNonZero(words: Int32Array, from: number, to: number): number {
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

/** One more than the last word that is not zero; 0 where all are. */
export function endOfNonZero(words: Int32Array): number {
  let end = words.length;
  for (; end >= 8; end -= 8) {
    const used =
      (words[end - 1] ?? 0) |
      (words[end - 2] ?? 0) |
      (words[end - 3] ?? 0) |
      (words[end - 4] ?? 0) |
      (words[end - 5] ?? 0) |
      (words[end - 6] ?? 0) |
      (words[end - 7] ?? 0) |
      (words[end - 8] ?? 0);
    if (used !== 0) break;
  }
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
