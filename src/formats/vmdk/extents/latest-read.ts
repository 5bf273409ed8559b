/**
 * What was read of a file last, for extents that share it: a file that a thousand lines name is read once, and in
 * memory once. Lines that want it read differently take turns, which is slow and no more.
 */
export class LatestRead {
  #key: number | null = null;
  #read: Promise<unknown> | null = null;

  /** @param key what the reading depends on besides the file */
  get<T>(key: number | null, read: () => Promise<T>): Promise<T> {
    if (this.#read === null || this.#key !== key) {
      this.#key = key;
      this.#read = read();
    }
    // One file has extents of one kind, which all read the same.
    return this.#read as Promise<T>;
  }
}
