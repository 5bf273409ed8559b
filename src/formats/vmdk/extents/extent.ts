import type { LatestRead } from './latest-read.ts';
import type { DumpedStructure, ImageFile } from '../../../model/image.ts';
import type { AnyWalkListeners, FileLayout } from '../../../model/owners.ts';
import type { ExtentLine } from '../descriptor/statements.ts';
import type { MappingRuns } from '../../shared/mapping-runs.ts';

/** Which part of an image an extent is. */
export interface ExtentPlace {
  /** First guest byte. */
  readonly guestStart: number;
  /** Guest bytes. */
  readonly size: number;
  /** The line of the descriptor; `null` for an extent that is opened by itself. */
  readonly line: ExtentLine | null;
  /** The directory of its file, where other lines may name that too. */
  readonly latest?: LatestRead;
}

/** Hosted sparse extents have two directories, each with tables of its own. */
export type TableCopy = 'first' | 'second';

/** One part of an image: a run of guest bytes that one kind of storage answers for. */
export interface ExtentBase extends ExtentPlace {
  /** The file that stores it; `null` where there is none. */
  readonly file: ImageFile | null;
  /** Bytes of a grain; `null` where the extent has none. */
  readonly grainSize: number | null;
  /** How regions are placed in the file; `null` for a file without structure. */
  readonly layout: FileLayout | null;
  /** Header-like structures, in file order. */
  structures(): readonly DumpedStructure[];
  /**
   * Tells every range of the file that the extent uses, and what is odd about its tables; absent where the file
   * has no structure.
   *
   * @returns what was learned on the way; rules get it as `facts.walk(file)`
   */
  walk?(listeners: AnyWalkListeners): unknown;
  /**
   * Adds the runs of guest bytes `from` to `to - 1`, all of which are in this extent. What is returned pauses
   * between batches, so that the caller may take runs away.
   *
   * @param copy which copy of the tables is asked, where there are two; default the first
   */
  resolve(
    runs: MappingRuns,
    from: number,
    to: number,
    copy?: TableCopy,
  ): Iterable<void> | AsyncIterable<void>;
}
