import { fileOffset } from '../../io/source.ts';
import type { CompressionMethod, ImageFile, Mapping } from '../../model/image.ts';
import { guestOffset } from '../../model/offsets.ts';
import type { Place } from '../../model/problem.ts';

/** Runs that are handed on at once. */
const BATCH_RUNS = 4096;

/**
 * Makes an image's mappings: takes pieces in guest order and joins those that continue one another. All positions
 * and lengths are bytes. The last run may still grow, so it is kept back until `finish`.
 */
export class MappingRuns {
  #complete: Mapping[] = [];
  /** The run that may still grow, as it began. */
  #last: Mapping | null = null;
  /** Its length by now. */
  #length = 0;

  /** `length` guest bytes from `start` on are stored as they are at `offset` of `file`. */
  data(start: number, length: number, file: ImageFile, offset: number): void {
    const last = this.#last;
    const continues =
      last?.kind === 'data' && last.at.file === file && last.at.offset + this.#length === offset;
    if (continues) this.#length += length;
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
    if (this.#last?.kind === kind) this.#length += length;
    else this.#begin({ kind, start: guestOffset(start), length });
  }

  /** A part of one compressed unit, whose stream begins at `offset` of `file` and has `storedLength` bytes at most. */
  compressed(
    start: number,
    length: number,
    stream: {
      readonly file: ImageFile;
      readonly offset: number;
      readonly storedLength: number;
      readonly method: CompressionMethod;
      /** First guest byte of the unit and the bytes that its stream inflates to. */
      readonly unit: { readonly start: number; readonly length: number };
      /** Bytes that it inflates to at least; default: all of the unit. */
      readonly least?: number;
    },
  ): void {
    const { file, offset, storedLength, method, least = stream.unit.length } = stream;
    const unit = { start: guestOffset(stream.unit.start), length: stream.unit.length };
    const at = { file, offset: fileOffset(offset) };
    this.#begin({
      ...{ kind: 'compressed', start: guestOffset(start), length },
      ...{ at, storedLength, method, unit, least },
    });
  }

  /** `length` guest bytes from `start` on cannot be read, and why: `reason` ends a sentence. */
  unreadable(start: number, length: number, at: Place | null, reason: string): void {
    const last = this.#last;
    if (last?.kind === 'unreadable' && last.reason === reason) this.#length += length;
    else this.#begin({ kind: 'unreadable', start: guestOffset(start), length, at, reason });
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
    this.#endLast();
    this.#last = null;
    return this.take();
  }

  #begin(run: Mapping): void {
    this.#endLast();
    this.#last = run;
    this.#length = run.length;
  }

  #endLast(): void {
    if (this.#last === null) return;
    const hasGrown = this.#length !== this.#last.length;
    this.#complete.push(hasGrown ? { ...this.#last, length: this.#length } : this.#last);
  }
}
