/**
 * Text without the characters of `padding` at its end; in time that grows with their number, which a regular
 * expression does not promise.
 */
export function trimEndOf(text: string, padding: string): string {
  let end = text.length;
  while (end > 0 && padding.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/**
 * The first position from `from` on whose character is none of `skipped`; the length of the text where there is
 * none.
 */
export function skipOver(text: string, skipped: string, from = 0): number {
  let at = from;
  while (at < text.length && skipped.includes(text.charAt(at))) at++;
  return at;
}
