/** Raw bytes bear no mark, so nothing is ever recognised as raw: a caller takes it where no other format fits. */
export function probe(): null {
  return null;
}
