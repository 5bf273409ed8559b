/** Sectors as the beginning of a sentence: `1 sector is`, `3 sectors are`. */
export function sectorsAre(count: number): string {
  return count === 1 ? '1 sector is' : `${count} sectors are`;
}

/** The same: `1 sector has`, `3 sectors have`. */
export function sectorsHave(count: number): string {
  return count === 1 ? '1 sector has' : `${count} sectors have`;
}
