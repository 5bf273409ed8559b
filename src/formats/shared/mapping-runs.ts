import { fileOffset } from '../../io/source.ts';
import type { CompressionMethod, ImageFile, Mapping } from '../../model/image.ts';
import { guestOffset } from '../../model/offsets.ts';

/** Runs that are handed on at once. */
const BATCH_RUNS = 4096;

/**
 * Makes an image's mappings: takes pieces in guest order and joins those that continue one another. All positions and lengths are
 * bytes. The last run may still grow, so it stays behind until `finish`.
 */
export class MappingRuns {
  #complete: Mapping[] = [];
  #last: Mapping | null = null;

  /** `length` guest bytes from `start` on are stored as they are at `offset` of `file`. */
  data(start: number, length: number, file: ImageFile, offset: number): void {
    const last = this.#last;
    const continues =
      last?.kind === 'data' && last.at.file === file && last.at.offset + last.length === offset;
    if (continues) this.#last = { ...last, length: last.length + length };
    else
      this.#begin({
        kind: 'data',
        start: guestOffset(start),
        length,
        at: { file, offset: fileOffset(offset) },
      });
  }

  /** `length` guest bytes from `start` on are not stored. */
  hole(kind: 'zero' | 'unallocated', start: number, length: number): void {
    const last = this.#last;
    if (last?.kind === kind) this.#last = { ...last, length: last.length + length };
    else this.#begin({ kind, start: guestOffset(start), length });
  }

  /** One compressed unit, whose stream begins at `offset` of `file` and has `storedLength` bytes at most. */
  compressed(
    start: number,
    length: number,
    stream: {
      readonly file: ImageFile;
      readonly offset: number;
      readonly storedLength: number;
      readonly method: CompressionMethod;
    },
  ): void {
    const { file, offset, storedLength, method } = stream;
    const at = { file, offset: fileOffset(offset) };
    this.#begin({ kind: 'compressed', start: guestOffset(start), length, at, storedLength, method });
  }

  /** Whether enough runs are complete to be handed on. */
  get isFull(): boolean {
    return this.#complete.length >= BATCH_RUNS;
  }

  /** The complete runs; they are the caller's. */
  take(): readonly Mapping[] {
    const runs = this.#complete;
    this.#complete = [];
    return runs;
  }

  /** All that is left. */
  finish(): readonly Mapping[] {
    if (this.#last !== null) this.#complete.push(this.#last);
    this.#last = null;
    return this.take();
  }

  #begin(run: Mapping): void {
    if (this.#last !== null) this.#complete.push(this.#last);
    this.#last = run;
  }
}
