import type { FileRange } from '../../io/plan.ts';
import { readRanges } from '../../io/read-ranges.ts';
import { fileOffset, type Source } from '../../io/source.ts';
import { giveScratchBack, SCRATCH_BYTES, takeScratch } from './scratch.ts';

/** Bytes that one read fetches at most, or one table: fits the second-level cache, which beats bigger batches. */
const BATCH_BYTES = SCRATCH_BYTES;

/**
 * What a read of a file costs at least. Where it is more, it is a round trip over a network, and many are made side
 * by side.
 */
const NEAR_UNIT = 4096;

/** Where the tables of a directory are. */
export interface TableSet {
  /** Byte position of each table in the file; 0 or less where there is none. */
  readonly offsets: ArrayLike<number>;
  /** Bytes of one table. */
  readonly tableBytes: number;
}

/** Tables that follow one another both in the directory and in the file. */
export interface TableBatch {
  /** Directory index of the first. */
  readonly first: number;
  readonly count: number;
  /**
   * `count` tables; valid only until the next batch is asked for or the walk ends. Begins at a multiple of 8 of its
   * buffer.
   */
  readonly bytes: Uint8Array;
}

/**
 * Reads the tables `from` to `to - 1` of a directory in directory order, neighbours in one read. A table that is
 * absent or not wholly inside the source is skipped, since the reader of the directory has reported it. From far
 * away, many are read ahead.
 */
export async function* tableBatches(
  source: Source,
  { offsets, tableBytes }: TableSet,
  from = 0,
  to: number = offsets.length,
): AsyncGenerator<TableBatch, void, undefined> {
  const perBatch = Math.max(1, Math.floor(BATCH_BYTES / tableBytes));
  const scratch = takeScratch(perBatch * tableBytes);
  try {
    if (source.cost.unit > NEAR_UNIT) {
      yield* farBatches(source, { offsets, tableBytes }, from, to, scratch);
      return;
    }
    for (let first = from; first < to;) {
      const start = offsets[first] ?? 0;
      if (start <= 0 || start + tableBytes > source.size) {
        first++;
        continue;
      }
      const count = countNeighbours(source, { offsets, tableBytes }, first, Math.min(to, first + perBatch));
      const read = source.read(fileOffset(start), count * tableBytes, scratch);
      yield { first, count, bytes: align(read instanceof Promise ? await read : read, scratch) };
      first += count;
    }
  } finally {
    giveScratchBack(scratch);
  }
}

async function* farBatches(
  source: Source,
  tables: TableSet,
  from: number,
  to: number,
  scratch: Uint8Array,
): AsyncGenerator<TableBatch, void, undefined> {
  const { tableBytes } = tables;
  /** The batches that are asked for and not told yet. */
  const asked = new Map<number, { readonly first: number; readonly count: number }>();
  const perBatch = Math.max(1, Math.floor(BATCH_BYTES / tableBytes));
  function* ranges(): Generator<FileRange, void, undefined> {
    for (let first = from; first < to;) {
      const start = tables.offsets[first] ?? 0;
      if (start <= 0 || start + tableBytes > source.size) {
        first++;
        continue;
      }
      const count = countNeighbours(source, tables, first, Math.min(to, first + perBatch));
      asked.set(number++, { first, count });
      yield { offset: fileOffset(start), length: count * tableBytes };
      first += count;
    }
  }
  let number = 0;
  for await (const { index, from: at, bytes } of readRanges(source, ranges(), { reuse: true })) {
    const batch = asked.get(index);
    if (batch === undefined) throw new RangeError(`batch ${index} was not asked for`);
    const length = batch.count * tableBytes;
    // One that was read in pieces is put together.
    if (bytes.length < length) scratch.set(bytes, at);
    if (at + bytes.length < length) continue;
    asked.delete(index);
    yield { ...batch, bytes: bytes.length === length ? align(bytes, scratch) : scratch.subarray(0, length) };
  }
}

/** `bytes`, or a copy of them in `scratch` where typed arrays could not look at them in place. */
function align(bytes: Uint8Array, scratch: Uint8Array): Uint8Array {
  if (bytes.byteOffset % 8 === 0) return bytes;
  scratch.set(bytes);
  return scratch.subarray(0, bytes.length);
}

function countNeighbours(source: Source, tables: TableSet, first: number, limit: number): number {
  const start = tables.offsets[first] ?? 0;
  const lastStart = source.size - tables.tableBytes;
  let count = 1;
  for (let index = first + 1; index < limit; index++, count++) {
    const expected = start + count * tables.tableBytes;
    if (tables.offsets[index] !== expected || expected > lastStart) break;
  }
  return count;
}
