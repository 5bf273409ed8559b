import { fileOffset, type Source } from '../../io/source.ts';
import { giveScratchBack, SCRATCH_BYTES, takeScratch } from './scratch.ts';

/** Bytes that one read fetches at most, or one table: fits the second-level cache, which beats bigger batches. */
const BATCH_BYTES = SCRATCH_BYTES;

/** Where the tables of a directory lie. */
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
  /** `count` tables; valid only until the next batch is asked for or the walk ends. Begins at a multiple of 8 of its buffer. */
  readonly bytes: Uint8Array;
}

/**
 * Reads the tables `from` to `to - 1` of a directory in directory order, neighbours in one read. A table that is absent or not wholly inside
 * the source is skipped, since whoever reads the directory has reported it.
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
