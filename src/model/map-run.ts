import type { ImageFile } from './image.ts';

/**
 * What a run of guest bytes is, after all layers were asked: `data` and `compressed` are stored; `zero` reads as
 * zeros by statement of a layer; `unallocated` reads as zeros since no layer contains it; `unknown` depends on a
 * parent that is not open.
 */
export type MapRunKind = 'data' | 'compressed' | 'zero' | 'unallocated' | 'unknown';

/**
 * One line of `map`: neighbouring guest bytes that are alike and, where stored as they are, neighbours in one file,
 * too.
 */
export interface MapRun {
  /** First guest byte. */
  readonly start: number;
  /** Bytes. */
  readonly length: number;
  /** The layer that decides, counted from the image itself, which is 0. */
  readonly depth: number;
  readonly kind: MapRunKind;
  /** Where the first byte is stored; `null` unless `kind` is `data`. */
  readonly file: ImageFile | null;
  /** Byte position in `file`; 0 where there is none. */
  readonly offset: number;
}
