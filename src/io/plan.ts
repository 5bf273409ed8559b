import { fileOffset, type FileOffset, type ReadCost } from './source.ts';

/** Bytes of a source. */
export interface FileRange {
  readonly offset: FileOffset;
  readonly length: number;
}

/** What one range gets of one read. */
export interface PlannedPart {
  /** Which of the ranges. */
  readonly index: number;
  /** First byte, counted from the start of the range. */
  readonly from: number;
  /** The same byte, counted from the start of the read. */
  readonly at: number;
  readonly length: number;
}

/** One read, and whom its bytes are for. */
export interface PlannedRead extends FileRange {
  /** By index of the range, then by place in it. Ranges that overlap share bytes. */
  readonly parts: readonly PlannedPart[];
}

/** Bytes that one read fetches at most where nothing else is said: 256 KiB of a file, 4 MiB over HTTP. */
export function biggestRead({ unit }: ReadCost): number {
  return Math.min(4 * 1024 * 1024, Math.max(256 * 1024, unit * 64));
}

/**
 * The reads that fetch these ranges: sorted by offset, disjoint, none longer than `biggest`. Ranges with no more than
 * `cost.gap` bytes between them share a read; one is cut only where it is too long for a read, or overlaps others
 * that make it so.
 */
export function plan(
  ranges: readonly FileRange[],
  cost: Pick<ReadCost, 'gap'>,
  biggest: number = Infinity,
): PlannedRead[] {
  const sorted = ranges
    .map(({ offset, length }, index) => ({ offset, length, index }))
    .filter(({ length }) => length > 0)
    .sort((a, b) => a.offset - b.offset || a.length - b.length);
  const reads = cover(sorted, cost.gap, biggest);
  let first = 0;
  for (const range of sorted) {
    const end = range.offset + range.length;
    while ((reads[first]?.end ?? Infinity) <= range.offset) first++;
    for (let index = first; index < reads.length; index++) {
      const read = reads[index];
      if (read === undefined || read.start >= end) break;
      const start = Math.max(range.offset, read.start);
      const length = Math.min(end, read.end) - start;
      read.parts.push({ index: range.index, from: start - range.offset, at: start - read.start, length });
    }
  }
  return reads.map(({ start, end, parts }) => ({
    offset: fileOffset(start),
    length: end - start,
    parts: parts.sort((a, b) => a.index - b.index || a.from - b.from),
  }));
}

/** Disjoint stretches of the file that contain all ranges. */
function cover(
  sorted: readonly FileRange[],
  gap: number,
  biggest: number,
): { start: number; end: number; parts: PlannedPart[] }[] {
  const reads: { start: number; end: number; parts: PlannedPart[] }[] = [];
  let start = 0;
  let end = -1;
  const cut = (until: number): void => {
    if (until > start) reads.push({ start, end: until, parts: [] });
    start = until;
  };
  for (const range of sorted) {
    const rangeEnd = range.offset + range.length;
    const isNear = end >= 0 && range.offset <= end + gap;
    const fits = Math.max(end, rangeEnd) - start <= biggest;
    if (!isNear || (!fits && range.offset >= end)) {
      if (end >= 0) cut(end);
      start = range.offset;
      end = rangeEnd;
    } else end = Math.max(end, rangeEnd);
    while (end - start > biggest) cut(start + biggest);
  }
  if (end >= 0) cut(end);
  return reads;
}
