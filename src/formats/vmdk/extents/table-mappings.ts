import type { Source } from '../../../io/source.ts';
import type { ImageFile } from '../../../model/image.ts';
import type { Place } from '../../../model/problem.ts';
import type { MappingRuns } from '../../shared/mapping-runs.ts';
import { tableBatches } from '../../shared/table-walk.ts';
import { asWords } from '../../shared/words.ts';

/** Marks a table that a directory names and that cannot be read, among table positions. */
export const UNREADABLE_TABLE = -1;

/** Tables of any kind of sparse extent: which part of the guest's disk each is for, and where it is. */
export interface TableShape {
  readonly file: ImageFile;
  readonly source: Source;
  /** First guest byte of the extent. */
  readonly guestStart: number;
  /** Guest bytes of the extent. */
  readonly size: number;
  /** Bytes. */
  readonly grainSize: number;
  readonly entriesPerTable: number;
  /** Bytes. */
  readonly entrySize: 4 | 8;
  /** Byte position of each table; 0 where there is none, `UNREADABLE_TABLE` where it cannot be read. */
  readonly offsets: ArrayLike<number>;
  /** The directory entry that names a table. */
  placeOf(table: number): Place;
}

/** Adds the runs of guest bytes `from` to `to - 1` that the 32-bit words of neighbouring tables are for. */
type WordResolver<T> = (
  tables: T,
  words: Uint32Array,
  firstGrain: number,
  runs: MappingRuns,
  from: number,
  to: number,
) => void;

/**
 * Adds the runs of guest bytes `from` to `to - 1` of an extent; what a descriptor gives it past the end of
 * its tables is not stored. Pauses after each batch of tables.
 *
 * @param found the tables; `null` where the header is too damaged to find any
 */
export async function* resolveExtent<T extends TableShape>(
  { file, guestStart }: { readonly file: ImageFile; readonly guestStart: number },
  found: Promise<T | null>,
  resolveWords: WordResolver<T>,
  runs: MappingRuns,
  from: number,
  to: number,
): AsyncGenerator<void, void, undefined> {
  const tables = await found;
  if (tables === null) {
    const reason = `the grain tables of ${file.path} cannot be found: its header is damaged`;
    runs.unreadable(from, to - from, { file, offset: 0, length: null, field: null }, reason);
    return;
  }
  const end = Math.max(from, Math.min(to, guestStart + tables.size));
  if (end > from) yield* resolveTables(tables, resolveWords, runs, from, end);
  if (end < to) runs.hole('unallocated', end, to - end);
}

/** Goes over the tables for guest bytes `from` to `to - 1`, and adds itself what has no table. */
async function* resolveTables<T extends TableShape>(
  tables: T,
  resolveWords: WordResolver<T>,
  runs: MappingRuns,
  from: number,
  to: number,
): AsyncGenerator<void, void, undefined> {
  const span = tables.grainSize * tables.entriesPerTable;
  const firstTable = Math.floor((from - tables.guestStart) / span);
  const endTable = Math.min(tables.offsets.length, Math.ceil((to - tables.guestStart) / span));
  const set = { offsets: tables.offsets, tableBytes: tables.entriesPerTable * tables.entrySize };
  let next = firstTable;
  for await (const { first, count, bytes } of tableBatches(tables.source, set, firstTable, endTable)) {
    if (first > next) yield* resolveAbsent(tables, runs, from, to, next, first);
    resolveWords(tables, asWords(bytes), first * tables.entriesPerTable, runs, from, to);
    next = first + count;
    yield;
  }
  if (endTable > next) yield* resolveAbsent(tables, runs, from, to, next, endTable);
  const end = Math.max(from, tables.guestStart + endTable * span);
  if (end < to) addUnreadable(tables, runs, end, to, endTable);
}

/**
 * Tables `first` to `end - 1` do not exist: their grains are the parent's, unless a directory entry names the
 * table.
 */
function* resolveAbsent(
  tables: TableShape,
  runs: MappingRuns,
  from: number,
  to: number,
  first: number,
  end: number,
): Generator<void, void, undefined> {
  const { offsets, guestStart, grainSize, entriesPerTable } = tables;
  const span = grainSize * entriesPerTable;
  for (let table = first; table < end;) {
    const isNamed = offsets[table] !== 0;
    let next = table + 1;
    while (next < end && (offsets[next] !== 0) === isNamed) next++;
    const start = Math.max(from, guestStart + table * span);
    const stop = Math.min(to, guestStart + next * span);
    if (isNamed) addUnreadable(tables, runs, start, stop, table);
    else if (start < stop) runs.hole('unallocated', start, stop - start);
    table = next;
    if (runs.isFull) yield;
  }
}

/** Guest bytes `start` to `stop - 1`, for which `table` is the first one that cannot be read. */
function addUnreadable(
  tables: TableShape,
  runs: MappingRuns,
  start: number,
  stop: number,
  table: number,
): void {
  const reason = `grain table ${table} of ${tables.file.path} is not inside the file`;
  if (start < stop) runs.unreadable(start, stop - start, tables.placeOf(table), reason);
}
