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

/** The same bytes far away: reads are dear, and several are in flight. */
function farSource(): Source & { reads: number; most: number } {
  const memory = memorySource(bytes);
  let inFlight = 0;
  const source = {
    ...memory,
    cost: { unit: 65_536, gap: 2 * TABLE, lanes: 3 },
    reads: 0,
    most: 0,
    async read(offset: FileOffset, length: number): Promise<Uint8Array> {
      source.reads++;
      source.most = Math.max(source.most, ++inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight--;
      return bytes.slice(offset, offset + length);
    },
  };
  return source;
}

describe('a walk over tables far away', () => {
  it('meets the same tables in the same order, near ones in one read and several reads in flight', async () => {
    const offsets = Array.from({ length: 60 }, (_, index) =>
      index % 11 === 0 ? 0 : ((index * 37) % 64) * TABLE,
    );
    const source = farSource();
    const seen: (readonly [number, number])[] = [];
    for await (const batch of tableBatches(source, { offsets, tableBytes: TABLE }))
      for (let table = 0; table < batch.count; table++)
        seen.push([batch.first + table, batch.bytes[table * TABLE] ?? 0]);
    expect(seen).toStrictEqual(await marks(offsets));
    expect(source.reads).toBeLessThan(12);
    const few = farSource();
    for await (const _ of tableBatches(few, {
      offsets: [TABLE, 20 * TABLE, 40 * TABLE, 60 * TABLE],
      tableBytes: TABLE,
    }));
    expect(few.most).toBe(3);
  });
});

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
