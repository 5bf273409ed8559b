import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../src/io/memory-source.ts';
import { tableBatches } from '../../../src/formats/shared/table-walk.ts';
import type { FileOffset, Source } from '../../../src/io/source.ts';

const TABLE = 4096;
const bytes = Uint8Array.from({ length: 64 * TABLE }, (_, index) => (index >>> 12) + 1);

/** A source that reads into the scratch that it is given, as files do. */
function scratchSource(): Source {
  const memory = memorySource(bytes);
  return {
    ...memory,
    read(offset: FileOffset, length: number, into?: Uint8Array): Uint8Array {
      const result = into?.subarray(0, length) ?? new Uint8Array(length);
      result.set(bytes.subarray(offset, offset + length));
      return result;
    },
  };
}

/** The first byte of every table, which is its number in the file plus 1. */
async function marks(offsets: readonly number[]): Promise<readonly (readonly [number, number])[]> {
  const seen: (readonly [number, number])[] = [];
  for await (const batch of tableBatches(scratchSource(), { offsets, tableBytes: TABLE }))
    for (let table = 0; table < batch.count; table++)
      seen.push([batch.first + table, batch.bytes[table * TABLE] ?? 0]);
  return seen;
}

describe('a walk over tables', () => {
  it('meets every table that is in the file, in the order of the directory', async () => {
    const offsets = [2 * TABLE, 3 * TABLE, 0, 9 * TABLE, 5 * TABLE, 64 * TABLE, -1, 63 * TABLE];
    expect(await marks(offsets)).toStrictEqual([
      [0, 3],
      [1, 4],
      [3, 10],
      [4, 6],
      [7, 64],
    ]);
  });

  it('does not disturb another walk that is under way, nor one that was left early', async () => {
    const offsets = Array.from({ length: 8 }, (_, index) => (index * 7 + 1) * TABLE);
    const outer: number[] = [];
    for await (const { first, bytes: table } of tableBatches(scratchSource(), {
      offsets,
      tableBytes: TABLE,
    })) {
      for await (const inner of tableBatches(scratchSource(), { offsets: [TABLE * 60], tableBytes: TABLE })) {
        expect(inner.bytes[0]).toBe(61);
        break;
      }
      expect((await marks([3 * TABLE, 4 * TABLE])).length).toBe(2);
      expect(table[0]).toBe(first * 7 + 2);
      outer.push(first);
    }
    expect(outer).toStrictEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});
