import { fileOffset, type Source } from '../../io/source.ts';

/** Bytes that one read fetches at most: fits the second-level cache, which beats bigger batches. */
const BATCH_BYTES = 512 * 1024;

/** Where the tables of a directory lie. */
export interface TableSet {
  /** Byte position of each table in the file; 0 or less where there is none. */
  readonly offsets: ArrayLike<number>;
  /** Bytes of one table. */
  readonly tableBytes: number;
}

/**
 * Reads many equally long tables and hands each to `visit`, in directory order. Tables that follow one another in the file are fetched
 * together; a table that is not wholly inside the source is skipped, since whoever reads the directory has reported it.
 *
 * @param visit gets the table's index in the directory and its bytes; the view is valid only until it returns
 */
export async function walkTables(
  source: Source,
  tables: TableSet,
  visit: (tableIndex: number, bytes: Uint8Array) => void,
): Promise<void> {
  const { offsets, tableBytes } = tables;
  const perBatch = Math.max(1, Math.floor(BATCH_BYTES / tableBytes));
  const scratch = new Uint8Array(perBatch * tableBytes);
  const isPresent = (index: number): boolean => {
    const offset = offsets[index] ?? 0;
    return offset > 0 && offset + tableBytes <= source.size;
  };
  for (let first = 0; first < offsets.length;) {
    const start = offsets[first] ?? 0;
    if (!isPresent(first)) {
      first++;
      continue;
    }
    let count = 1;
    while (
      count < perBatch &&
      isPresent(first + count) &&
      offsets[first + count] === start + count * tableBytes
    )
      count++;
    const read = source.read(fileOffset(start), count * tableBytes, scratch);
    const bytes = read instanceof Promise ? await read : read;
    for (let i = 0; i < count; i++) visit(first + i, bytes.subarray(i * tableBytes, (i + 1) * tableBytes));
    first += count;
  }
}
