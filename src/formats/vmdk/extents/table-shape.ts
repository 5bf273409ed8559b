import { UnreadableImageError } from '../../../errors.ts';
import type { Source } from '../../../io/source.ts';
import type { ImageFile } from '../../../model/image.ts';
import { tableBatches } from '../../shared/table-walk.ts';
import type { MappingRuns } from '../../shared/mapping-runs.ts';
import { asWords } from '../words.ts';

/** Marks a table that a directory names and that cannot be read, among table positions. */
export const UNREADABLE_TABLE = -1;

/** Tables of any kind of sparse extent: which part of the guest's disk each answers for, and where it lies. */
export interface TableShape {
  readonly file: ImageFile;
  readonly source: Source;
  /** First guest byte of the extent. */
  readonly guestStart: number;
  /** Bytes. */
  readonly grainSize: number;
  readonly entriesPerTable: number;
  /** Bytes. */
  readonly entrySize: 4 | 8;
  /** Byte position of each table; 0 where there is none, `UNREADABLE_TABLE` where it cannot be read. */
  readonly offsets: ArrayLike<number>;
}

/**
 * Goes over the tables for guest bytes `from` to `to - 1`, adds the holes where there are none, and has `resolveWords` add the rest: it gets
 * the 32-bit words of neighbouring tables and the number of their first grain. Pauses after each batch.
 *
 * @throws UnreadableImageError where a table that is needed cannot be read
 */
export async function* resolveTables(
  tables: TableShape,
  runs: MappingRuns,
  from: number,
  to: number,
  resolveWords: (words: Uint32Array, firstGrain: number) => void,
): AsyncGenerator<void, void, undefined> {
  const span = tables.grainSize * tables.entriesPerTable;
  const firstTable = Math.floor((from - tables.guestStart) / span);
  const endTable = Math.min(tables.offsets.length, Math.ceil((to - tables.guestStart) / span));
  const set = { offsets: tables.offsets, tableBytes: tables.entriesPerTable * tables.entrySize };
  let next = firstTable;
  for await (const { first, count, bytes } of tableBatches(tables.source, set, firstTable, endTable)) {
    resolveAbsent(tables, runs, from, to, next, first);
    resolveWords(asWords(bytes), first * tables.entriesPerTable);
    next = first + count;
    yield;
  }
  resolveAbsent(tables, runs, from, to, next, endTable);
  if (tables.guestStart + endTable * span < to) throw missingTable(tables, endTable);
}

/** Tables `first` to `end - 1` are not there: their grains are the parent's, unless the table should be there. */
function resolveAbsent(
  tables: TableShape,
  runs: MappingRuns,
  from: number,
  to: number,
  first: number,
  end: number,
): void {
  const { offsets, guestStart, grainSize, entriesPerTable } = tables;
  const span = grainSize * entriesPerTable;
  for (let table = first; table < end; table++) if (offsets[table] !== 0) throw missingTable(tables, table);
  const start = Math.max(from, guestStart + first * span);
  const stop = Math.min(to, guestStart + end * span);
  if (start < stop) runs.hole('unallocated', start, stop - start);
}

function missingTable({ file, guestStart, grainSize, entriesPerTable }: TableShape, table: number): Error {
  const start = guestStart + table * grainSize * entriesPerTable;
  return new UnreadableImageError(
    `grain table ${table} of ${file.path}, for guest bytes from ${start} on, is not in the file`,
  );
}
