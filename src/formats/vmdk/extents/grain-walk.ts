import { fileOffset } from '../../../io/source.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { Owners, RegionKind } from '../../../model/owners.ts';
import { tableBatches, type TableBatch } from '../../shared/table-walk.ts';
import { asWords } from '../../shared/words.ts';
import { tablesToWalk } from './directory-walk.ts';
import type { GrainTables } from './grain-tables.ts';

/** Who is told of table entries that are not plain. */
export interface OddGrains {
  /** An entry that cannot point to a grain and therefore owns nothing. */
  tooLow(grain: number, entry: number): void;
  /** An entry whose grain does not begin where grains begin. */
  misaligned(grain: number, entry: number): void;
  /** An entry after the last grain of the disk, which owns nothing. */
  beyond(grain: number, entry: number): void;
  /** The last grain, where the file contains only the part of it that the disk needs. */
  cut(grain: number, entry: number): void;
}

/** Who listens to a walk over grain tables. */
export interface GrainListeners {
  readonly kind: RegionKind;
  readonly odd: OddGrains;
  readonly owners: Owners;
}

/** What an entry must be like to be plain. */
export interface PlainEntry {
  /** Sector of the first grain at the earliest; entries below own nothing. */
  readonly lowest: number;
  /** Grains begin a multiple of this after `lowest`; a power of two, in sectors. */
  readonly alignment: number;
}

/**
 * Tells the grains of all tables; a table that two directory entries share is walked once.
 *
 * @param visit gets each batch of tables while it is in memory
 */
export async function walkGrains(
  tables: GrainTables,
  plain: PlainEntry,
  listeners: GrainListeners,
  visit?: (batch: TableBatch) => void | Promise<void>,
): Promise<void> {
  const tableBytes = tables.entriesPerTable * tables.entrySize;
  const set = { offsets: tablesToWalk(tables.offsets, tableBytes, tables.source.size), tableBytes };
  for await (const batch of tableBatches(tables.source, set)) {
    const { first, bytes } = batch;
    const visited = visit?.(batch);
    if (visited !== undefined) await visited;
    const entries = asWords(bytes);
    const firstGrain = first * tables.entriesPerTable;
    const whole = Math.min(
      entries.length,
      Math.max(0, Math.floor(tables.size / tables.grainSize) - firstGrain),
    );
    walkEntries(tables, entries, whole, firstGrain, plain, listeners);
    for (let index = whole; index < entries.length; index++) {
      const entry = entries[index] ?? 0;
      if (entry !== 0) walkLastEntry(tables, firstGrain + index, entry, plain, listeners);
    }
  }
}

/** The first `count` entries, which are those of grains that are wholly on the disk. */
function walkEntries(
  { grainSize, hasZeroedGrains }: GrainTables,
  entries: Uint32Array,
  count: number,
  firstGrain: number,
  { lowest, alignment }: PlainEntry,
  { kind, odd, owners }: GrainListeners,
): void {
  const grainSectors = grainSize / SECTOR_SIZE;
  const mask = alignment - 1;
  let runStart = 0;
  let runCount = 0;
  let runIndex = 0;
  let data = 0;
  let zero = 0;
  for (let index = nextUsed(entries, 0, count); index < count; index = nextUsed(entries, index + 1, count)) {
    const entry = entries[index] ?? 0;
    if (entry === 1 && hasZeroedGrains) {
      zero++;
      continue;
    }
    data++;
    if (entry < lowest) {
      odd.tooLow(firstGrain + index, entry);
      continue;
    }
    if (((entry - lowest) & mask) !== 0) odd.misaligned(firstGrain + index, entry);
    if (entry === runStart + runCount * grainSectors && index === runIndex + runCount) {
      runCount++;
      continue;
    }
    if (runCount > 0)
      owners.run(kind, fileOffset(runStart * SECTOR_SIZE), grainSize, runCount, firstGrain + runIndex);
    runStart = entry;
    runCount = 1;
    runIndex = index;
  }
  if (runCount > 0)
    owners.run(kind, fileOffset(runStart * SECTOR_SIZE), grainSize, runCount, firstGrain + runIndex);
  if (data > 0) owners.allocated('data', data);
  if (zero > 0) owners.allocated('zero', zero);
}

/**
 * The first entry from `from` on that is not 0, or `end`: most of a table is empty, and eight entries cost
 * little more than one.
 */
function nextUsed(entries: Uint32Array, from: number, end: number): number {
  let index = from;
  while (index + 8 <= end && isEmpty(entries, index)) index += 8;
  while (index < end && entries[index] === 0) index++;
  return index;
}

function isEmpty(entries: Uint32Array, at: number): boolean {
  return (
    ((entries[at] ?? 0) |
      (entries[at + 1] ?? 0) |
      (entries[at + 2] ?? 0) |
      (entries[at + 3] ?? 0) |
      (entries[at + 4] ?? 0) |
      (entries[at + 5] ?? 0) |
      (entries[at + 6] ?? 0) |
      (entries[at + 7] ?? 0)) ===
    0
  );
}

/** The entry of the grain that the disk ends in, or of one after it. */
function walkLastEntry(
  { grainSize, size, source, hasZeroedGrains }: GrainTables,
  grain: number,
  entry: number,
  { lowest }: PlainEntry,
  { kind, odd, owners }: GrainListeners,
): void {
  const tail = size - grain * grainSize;
  const isZero = entry === 1 && hasZeroedGrains;
  if (tail <= 0) {
    // What a dead entry names may belong to a living one.
    odd.beyond(grain, entry);
    return;
  }
  owners.allocated(isZero ? 'zero' : 'data', 1);
  if (isZero) return;
  const start = entry * SECTOR_SIZE;
  const isCut = start + grainSize > source.size && start + tail <= source.size;
  if (isCut) odd.cut(grain, entry);
  if (entry >= lowest) owners.range(kind, fileOffset(start), isCut ? tail : grainSize, grain);
  else odd.tooLow(grain, entry);
}
