import type { MaybePromise } from '../io/source.ts';

/** Where the bytes of one new file go. */
export interface Target {
  /**
   * Writes bytes, which are the caller's again when it is done; at any place, or, for a pipe, at none before the
   * last.
   */
  write(at: number, bytes: Uint8Array): MaybePromise<void>;
  /**
   * Ends the file: at `size` bytes, or, for `null`, after the last that was written. What no write covered reads as
   * zeros.
   */
  end(size: number | null): MaybePromise<void>;
}
