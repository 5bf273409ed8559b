import { SourceError } from '../../src/errors.ts';
import type { FileOffset, Source } from '../../src/io/source.ts';

/** `source` as it would be far away: every read, and every other answer that may be a promise, is one. */
export function asynchronous(source: Source): Source {
  return over(source, {
    read: async (offset, length, into) => {
      await Promise.resolve();
      return source.read(offset, length, into);
    },
    isUnchanged: async () => source.isUnchanged(),
    close: async () => source.close(),
  });
}

/** How a source fails. */
export interface Failure {
  /** Which read fails, counted from 1; only this one does. */
  readonly at: number;
  /**
   * Whether the read returns a promise that rejects; else it throws. All other reads are as `source` does them, or
   * promises too.
   */
  readonly async: boolean;
  /** What it fails with; default `EIO` at the place of the read. */
  readonly error?: SourceError;
}

/** `source`, of which one read fails; `reads` counts all of them, so that a test can go through them one by one. */
export function failing(source: Source, options: Failure): Source & { reads: number } {
  const { at, async: isAsync, error } = options;
  const fail = (offset: number, length: number): SourceError =>
    error ??
    new SourceError('EIO', `${source.name}: input/output error (${length} bytes at ${offset})`, {
      source: source.name,
      offset,
      length,
    });
  const read = (offset: FileOffset, length: number, into?: Uint8Array): Uint8Array | Promise<Uint8Array> => {
    if (++failingSource.reads === at) throw fail(offset, length);
    return source.read(offset, length, into);
  };
  const failingSource: Source & { reads: number } = {
    ...over(source, {
      read: isAsync ? async (...args) => read(...args) : read,
    }),
    get identity(): string {
      return source.identity;
    },
    reads: 0,
  };
  return failingSource;
}

/** `source` with some answers of its own. Bulk readers fall back to `read`, so that nothing goes past it. */
function over(source: Source, own: Pick<Source, 'read'> & Partial<Source>): Source {
  return {
    name: source.name,
    size: source.size,
    storedSize: source.storedSize,
    modified: source.modified,
    cost: source.cost,
    get identity(): string {
      return source.identity;
    },
    isUnchanged: () => source.isUnchanged(),
    close: () => source.close(),
    ...own,
  };
}
