import { fileOffset } from '../../../io/source.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { Owners, RegionKind } from '../../../model/owners.ts';
import { tableBatches, type TableBatch } from '../../shared/table-walk.ts';
import type { MappingRuns } from '../../shared/mapping-runs.ts';
import { asWords } from '../words.ts';
import { resolveTables, type TableShape } from './table-shape.ts';

/** Directory entries that are looked at: twice a 32-bit-addressable disk of the smallest grains. */
export const MAX_TABLES = 1 << 24;

/** The grain tables of a hosted sparse or COWD extent, which both hold 32-bit sector numbers. */
export interface GrainTables extends TableShape {
  /** Guest bytes of the extent. */
  readonly size: number;
  /** Whether an entry of 1 is a grain of zeros. */
  readonly hasZeroedGrains: boolean;
  /** Where grains are zlib streams: bytes of the marker in front of each; `null` where they are stored as they are. */
  readonly markerSize: number | null;
}

/** Adds the runs of guest bytes `from` to `to - 1`; pauses after each batch of tables. */
export function resolveGrains(
  tables: GrainTables,
  runs: MappingRuns,
  from: number,
  to: number,
): AsyncGenerator<void, void, undefined> {
  return resolveTables(tables, runs, from, to, (words, firstGrain) =>
    resolveEntries(tables, words, firstGrain, runs, from, to),
  );
}

function resolveEntries(
  tables: GrainTables,
  entries: Uint32Array,
  firstGrain: number,
  runs: MappingRuns,
  from: number,
  to: number,
): void {
  const { guestStart, grainSize, hasZeroedGrains, markerSize } = tables;
  const end = Math.min(firstGrain + entries.length, Math.ceil((to - guestStart) / grainSize));
  for (let grain = Math.max(firstGrain, Math.floor((from - guestStart) / grainSize)); grain < end;) {
    const entry = entries[grain - firstGrain] ?? 0;
    const grainStart = guestStart + grain * grainSize;
    grain++;
    const isHole = entry === 0 || (entry === 1 && hasZeroedGrains);
    if (isHole) while (grain < end && entries[grain - firstGrain] === entry) grain++;
    const start = Math.max(from, grainStart);
    const length = Math.min(to, guestStart + grain * grainSize) - start;
    if (isHole) runs.hole(entry === 0 ? 'unallocated' : 'zero', start, length);
    else if (markerSize === null)
      runs.data(start, length, tables.file, entry * SECTOR_SIZE + start - grainStart);
    else addCompressed(tables, runs, { start, length, grainStart, offset: entry * SECTOR_SIZE + markerSize });
  }
}

function addCompressed(
  { file, source, grainSize, guestStart, size }: GrainTables,
  runs: MappingRuns,
  part: {
    readonly start: number;
    readonly length: number;
    readonly grainStart: number;
    readonly offset: number;
  },
): void {
  const { start, length, grainStart, offset } = part;
  // The stream's own length stands in its marker, which nobody needs for a map: a stream ends by itself. QEMU allows two grains.
  const available = Math.max(0, source.size - offset);
  const storedLength = Math.min(2 * grainSize, available);
  runs.compressed(start, length, {
    ...{ file, offset, storedLength, method: 'zlib' },
    unit: { start: grainStart, length: grainSize },
    // The last grain may be stored as far as the disk goes only.
    least: Math.min(grainSize, guestStart + size - grainStart),
  });
}

/** The kinds under which the entries of grain tables are told. */
export interface GrainKinds {
  /** Grains; its `explain` gets entries that cannot lead to one and therefore own nothing. */
  readonly grain: RegionKind;
  /** Its `explain` gets entries whose grain does not begin where grains begin. */
  readonly misaligned: RegionKind;
  /** Its `explain` gets entries behind the last grain of the disk. */
  readonly beyond: RegionKind;
  /** Its `explain` gets the last grain where the file holds only the part of it that the disk needs. */
  readonly cut: RegionKind;
}

/** What an entry must be like to be plain. */
export interface PlainEntry {
  /** Sector of the first grain at the earliest; entries below own nothing. */
  readonly lowest: number;
  /** Grains begin a multiple of this behind `lowest`; a power of two, in sectors. */
  readonly alignment: number;
}

/**
 * Tells the grains of all tables; a table that two directory entries share is walked once.
 *
 * @param visit gets each batch of tables while it is in memory
 */
export async function claimGrains(
  tables: GrainTables,
  plain: PlainEntry,
  kinds: GrainKinds,
  owners: Owners,
  visit?: (batch: TableBatch) => void | Promise<void>,
): Promise<void> {
  const set = {
    offsets: withoutRepeats(tables.offsets),
    tableBytes: tables.entriesPerTable * tables.entrySize,
  };
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
    claimEntries(tables, entries, whole, firstGrain, plain, kinds, owners);
    for (let index = whole; index < entries.length; index++) {
      const entry = entries[index] ?? 0;
      if (entry !== 0) claimLastEntry(tables, firstGrain + index, entry, plain, kinds, owners);
    }
  }
}

/** The first `count` entries, which are those of grains that lie wholly on the disk. */
function claimEntries(
  { grainSize, hasZeroedGrains }: GrainTables,
  entries: Uint32Array,
  count: number,
  firstGrain: number,
  { lowest, alignment }: PlainEntry,
  { grain: kind, misaligned }: GrainKinds,
  owners: Owners,
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
      owners.odd(kind, firstGrain + index, 0, entry);
      continue;
    }
    if (((entry - lowest) & mask) !== 0) owners.odd(misaligned, firstGrain + index, 0, entry);
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

/** The first entry from `from` on that is not 0, or `end`: most of a table is empty, and eight entries cost little more than one. */
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

/** The entry of the grain that the disk ends in, or of one behind it. */
function claimLastEntry(
  { grainSize, size, source, hasZeroedGrains }: GrainTables,
  grain: number,
  entry: number,
  { lowest }: PlainEntry,
  { grain: kind, beyond, cut }: GrainKinds,
  owners: Owners,
): void {
  const tail = size - grain * grainSize;
  const isZero = entry === 1 && hasZeroedGrains;
  if (tail <= 0) {
    // What a dead entry names may belong to a living one.
    owners.odd(beyond, grain, 0, entry);
    return;
  }
  owners.allocated(isZero ? 'zero' : 'data', 1);
  if (isZero) return;
  const start = entry * SECTOR_SIZE;
  const isCut = start + grainSize > source.size && start + tail <= source.size;
  if (isCut) owners.odd(cut, grain, 0, entry);
  if (entry >= lowest) owners.range(kind, fileOffset(start), isCut ? tail : grainSize, grain);
  else owners.odd(kind, grain, 0, entry);
}

/** Tells the tables that a directory names, neighbours at once. */
export function claimTables(
  offsets: ArrayLike<number>,
  tableBytes: number,
  kind: RegionKind,
  owners: Owners,
): void {
  for (let first = 0; first < offsets.length;) {
    const start = offsets[first] ?? 0;
    let count = 1;
    if (start > 0) {
      while (first + count < offsets.length && offsets[first + count] === start + count * tableBytes) count++;
      owners.run(kind, fileOffset(start), tableBytes, count, first);
    }
    first += count;
  }
}

/** Table positions with every repeat after the first made absent, so that a directory of equal entries is no work. */
export function withoutRepeats(offsets: ArrayLike<number>): ArrayLike<number> {
  if (isAscending(offsets)) return offsets;
  const sorted = Float64Array.from(offsets).sort();
  const repeated = new Map<number, boolean>();
  for (let index = 1; index < sorted.length; index++) {
    const offset = sorted[index] ?? 0;
    if (offset > 0 && offset === sorted[index - 1]) repeated.set(offset, false);
  }
  if (repeated.size === 0) return offsets;
  return Float64Array.from(offsets, (offset) => {
    const wasSeen = repeated.get(offset);
    if (wasSeen === false) repeated.set(offset, true);
    return wasSeen === true ? 0 : offset;
  });
}

function isAscending(offsets: ArrayLike<number>): boolean {
  let highest = 0;
  for (let index = 0; index < offsets.length; index++) {
    const offset = offsets[index] ?? 0;
    if (offset <= 0) continue;
    if (offset <= highest) return false;
    highest = offset;
  }
  return true;
}
