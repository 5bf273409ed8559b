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

/** Guest bytes of an extent whose header is too damaged to find its tables by. */
export function addWithoutTables(file: ImageFile, runs: MappingRuns, from: number, to: number): void {
  const at = { file, offset: 0, length: null, field: 'header' };
  const reason = `the grain tables of ${file.path} cannot be found: its header is damaged`;
  runs.unreadable(from, to - from, at, reason);
}

/**
 * Goes over the tables for guest bytes `from` to `to - 1`, adds the holes where there are none, and has `resolveWords` add the rest: it gets
 * the 32-bit words of neighbouring tables and the number of their first grain. Pauses after each batch. What a table that cannot be read would
 * tell is `unreadable`.
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
  const rest = Math.max(from, tables.guestStart + endTable * span);
  if (rest < to) addUnreadable(tables, runs, rest, to, endTable);
}

/** Tables `first` to `end - 1` are absent: their grains are the parent's, unless the table should be there. */
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
  for (let table = first; table < end;) {
    const isAbsent = offsets[table] === 0;
    let next = table + 1;
    if (isAbsent) while (next < end && offsets[next] === 0) next++;
    const start = Math.max(from, guestStart + table * span);
    const stop = Math.min(to, guestStart + next * span);
    if (start < stop && isAbsent) runs.hole('unallocated', start, stop - start);
    else if (start < stop) addUnreadable(tables, runs, start, stop, table);
    table = next;
  }
}

function addUnreadable(
  { file }: TableShape,
  runs: MappingRuns,
  from: number,
  to: number,
  table: number,
): void {
  const at = { file, offset: null, length: null, field: `gt[${table}]` };
  runs.unreadable(from, to - from, at, `grain table ${table} of ${file.path} is not inside the file`);
}
