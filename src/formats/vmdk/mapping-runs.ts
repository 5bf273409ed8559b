import { fileOffset } from '../../io/source.ts';
import type { ImageFile, Mapping } from '../../model/image.ts';
import { guestOffset } from '../../model/offsets.ts';

/** Runs that are handed on at once. */
const BATCH_RUNS = 4096;

/**
 * Collects runs in guest order and joins neighbours that continue one another. Positions and lengths are bytes; the run that may still
 * grow stays behind until `finish`.
 */
export class MappingRuns {
  #done: Mapping[] = [];
  #kind: 'data' | 'zero' | 'unallocated' | null = null;
  #start = 0;
  #length = 0;
  #file: ImageFile | null = null;
  #offset = 0;

  /** `length` guest bytes from `start` on lie as they are at `offset` of `file`. */
  data(start: number, length: number, file: ImageFile, offset: number): void {
    if (this.#kind === 'data' && this.#file === file && this.#offset + this.#length === offset) {
      this.#length += length;
      return;
    }
    this.#begin('data', start, length);
    this.#file = file;
    this.#offset = offset;
  }

  /** Guest bytes that are not stored. */
  hole(kind: 'zero' | 'unallocated', start: number, length: number): void {
    if (this.#kind === kind) this.#length += length;
    else this.#begin(kind, start, length);
  }

  /** One compressed grain, whose zlib stream begins at `offset`. */
  compressed(start: number, length: number, file: ImageFile, offset: number, storedLength: number): void {
    this.#flush();
    this.#done.push({
      kind: 'compressed',
      start: guestOffset(start),
      length,
      at: { file, offset: fileOffset(offset) },
      storedLength,
      method: 'zlib',
    });
  }

  /** Whether enough runs are complete to be handed on. */
  get isFull(): boolean {
    return this.#done.length >= BATCH_RUNS;
  }

  /** The complete runs; they are the caller's. */
  take(): readonly Mapping[] {
    const runs = this.#done;
    this.#done = [];
    return runs;
  }

  /** All that is left. */
  finish(): readonly Mapping[] {
    this.#flush();
    return this.take();
  }

  #begin(kind: 'data' | 'zero' | 'unallocated', start: number, length: number): void {
    this.#flush();
    this.#kind = kind;
    this.#start = start;
    this.#length = length;
  }

  #flush(): void {
    if (this.#kind === null || this.#length === 0) return;
    const run = { start: guestOffset(this.#start), length: this.#length };
    if (this.#kind !== 'data') this.#done.push({ ...run, kind: this.#kind });
    else if (this.#file !== null)
      this.#done.push({ ...run, kind: 'data', at: { file: this.#file, offset: fileOffset(this.#offset) } });
    this.#kind = null;
  }
}
