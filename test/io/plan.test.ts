import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SourceError } from '../../src/errors.ts';
import { counted, createReadStats } from '../../src/io/counted-source.ts';
import { memorySource } from '../../src/io/memory-source.ts';
import { patched } from '../../src/io/patched-source.ts';
import { biggestRead, plan, type FileRange } from '../../src/io/plan.ts';
import { readRanges, type ReadRangesOptions } from '../../src/io/read-ranges.ts';
import { scattered } from '../../src/io/scattered.ts';
import { fileOffset, type ReadCost, type Source } from '../../src/io/source.ts';
import { asynchronous, failing } from '../support/sources.ts';
import { expectBytes, pattern } from './conformance.ts';

const SIZE = 20_000;
const BYTES = pattern(SIZE);
const range = (offset: number, length: number): FileRange => ({ offset: fileOffset(offset), length });
const anyRanges = fc.array(
  fc
    .tuple(fc.nat(SIZE), fc.nat(3_000))
    .map(([offset, length]) => range(offset, Math.min(length, SIZE - offset))),
  { maxLength: 40 },
);
const anyGap = fc.constantFrom(0, 1, 64, 1_000, SIZE);
const anyBiggest = fc.constantFrom(7, 100, 512, 4_096, Infinity);

/** `source` at another price. */
function priced(source: Source, cost: Partial<ReadCost>): Source {
  return { ...source, cost: { unit: 1, gap: 0, lanes: 1, ...cost } };
}

describe('a plan', () => {
  it('reads every byte that is wanted once, in order, and no more than the gaps', () => {
    fc.assert(
      fc.property(anyRanges, anyGap, anyBiggest, (ranges, gap, biggest) => {
        const reads = plan(ranges, { gap }, biggest);
        const wanted = new Uint8Array(SIZE);
        for (const { offset, length } of ranges) wanted.fill(1, offset, offset + length);
        let end = 0;
        let hole = 0;
        let widest = 0;
        for (const { offset, length } of reads) {
          expect(length > 0 && length <= biggest && offset >= end).toBe(true);
          if (offset > end) hole = 0;
          end = offset + length;
          for (const value of wanted.subarray(offset, end)) {
            hole = value === 1 ? 0 : hole + 1;
            widest = Math.max(widest, hole);
          }
          wanted.fill(0, offset, end);
        }
        expect(widest).toBeLessThanOrEqual(gap);
        expect(wanted.includes(1)).toBe(false);
      }),
    );
  });

  it('gives each range all of its bytes, in order', () => {
    fc.assert(
      fc.property(anyRanges, anyGap, anyBiggest, (ranges, gap, biggest) => {
        const got = ranges.map(() => 0);
        for (const { offset, length, parts } of plan(ranges, { gap }, biggest))
          for (const part of parts) {
            const isRight =
              part.from === got[part.index] &&
              part.length > 0 &&
              part.at + part.length <= length &&
              offset + part.at === (ranges[part.index]?.offset ?? 0) + part.from;
            expect(isRight).toBe(true);
            got[part.index] = part.from + part.length;
          }
        expect(got).toEqual(ranges.map(({ length }) => length));
      }),
    );
  });

  const lengths = (
    ranges: readonly FileRange[],
    gap: number,
    biggest?: number,
  ): readonly (readonly number[])[] =>
    plan(ranges, { gap }, biggest).map(({ offset, length }) => [offset, length]);

  it.each([
    ['nothing', [], 10, 100, []],
    ['an empty range', [range(5, 0)], 10, 100, []],
    ['neighbours, in any order', [range(20, 10), range(0, 10), range(10, 10)], 0, 100, [[0, 30]]],
    ['a hole as wide as the gap', [range(0, 10), range(20, 10)], 10, 100, [[0, 30]]],
    [
      'a wider one',
      [range(0, 10), range(21, 10)],
      10,
      100,
      [
        [0, 10],
        [21, 10],
      ],
    ],
    [
      'more than a read may fetch: not cut inside a range',
      [range(0, 60), range(60, 60)],
      0,
      100,
      [
        [0, 60],
        [60, 60],
      ],
    ],
    [
      'a range that is too long',
      [range(0, 250)],
      0,
      100,
      [
        [0, 100],
        [100, 100],
        [200, 50],
      ],
    ],
    ['the same range twice', [range(8, 10), range(8, 10)], 0, 100, [[8, 10]]],
  ] as const)('of %s', (_, ranges, gap, biggest, expected) => {
    expect(lengths(ranges, gap, biggest)).toEqual(expected);
  });

  it('knows what one read fetches', () => {
    const cost = { gap: 0, lanes: 1 };
    expect(biggestRead({ ...cost, unit: 1 })).toBe(256 * 1024);
    expect(biggestRead({ ...cost, unit: 4096 })).toBe(256 * 1024);
    expect(biggestRead({ ...cost, unit: 64 * 1024 })).toBe(4 * 1024 * 1024);
    expect(biggestRead({ ...cost, unit: 256 * 1024 })).toBe(4 * 1024 * 1024);
  });
});

const VARIANTS = [
  ['synchronous', (source: Source) => source],
  ['asynchronous', asynchronous],
] as const;

/** What `readRanges` yields of each range, and the order in which it did. */
async function readAll(
  source: Source,
  ranges: readonly FileRange[],
  options: ReadRangesOptions = {},
): Promise<Uint8Array[]> {
  const got = ranges.map(() => new Uint8Array(0));
  let last = 0;
  for await (const { index, from, bytes } of readRanges(source, ranges, options)) {
    expect(index).toBeGreaterThanOrEqual(last);
    expect(from).toBe(got[index]?.length);
    got[index] = Buffer.concat([got[index] ?? new Uint8Array(0), bytes]);
    last = index;
  }
  return got;
}

describe.each(VARIANTS)('ranges of a %s source', (_, variant) => {
  it('come in the order of the request, whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyRanges,
        anyGap,
        fc.constantFrom(64, 1_000, 10_000),
        fc.constantFrom(1, 3),
        async (ranges, gap, biggest, lanes) => {
          const source = priced(variant(memorySource(BYTES)), { gap, lanes });
          const got = await readAll(source, ranges, { biggest });
          for (const [index, { offset, length }] of ranges.entries())
            expectBytes(got[index] ?? new Uint8Array(), BYTES.subarray(offset, offset + length));
        },
      ),
    );
  });

  it('are read near together, whatever their order', async () => {
    const stats = createReadStats();
    const source = priced(variant(counted(memorySource(BYTES), stats)), { gap: 100, lanes: 4, unit: 512 });
    const ranges = Array.from({ length: 64 }, (__, index) => range(((index * 7) % 64) * 100, 50));
    await readAll(source, ranges);
    expect(stats).toMatchObject({ requests: 1, bytes: 6_350 });
  });

  it('say what cannot be read, after all that comes before', async () => {
    const inner = memorySource(BYTES);
    const sick: Source = {
      ...inner,
      read(offset, length) {
        if (offset <= 5_000 && offset + length > 5_000)
          throw new SourceError('EIO', 'bad place', { source: 'x', offset, length });
        return inner.read(offset, length);
      },
    };
    const source = priced(variant(sick), { gap: 1_000, lanes: 2 });
    const told: number[] = [];
    const reading = async (): Promise<void> => {
      const ranges = [range(4_000, 500), range(5_500, 100), range(4_900, 200), range(0, 10)];
      for await (const { index } of readRanges(source, ranges)) told.push(index);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'EIO' });
    expect(told).toEqual([0, 1]);
  });

  it('stop when nobody wants more', async () => {
    const stats = createReadStats();
    const source = priced(variant(counted(memorySource(BYTES), stats)), { lanes: 2 });
    const ranges = Array.from({ length: 100 }, (__, index) => range(index * 200, 100));
    for await (const { index } of readRanges(source, ranges, { biggest: 100 })) if (index === 3) break;
    expect(stats.requests).toBeLessThan(12);
    const reading = async (): Promise<void> => {
      for await (const piece of readRanges(source, ranges, {
        signal: AbortSignal.abort(new Error('enough')),
      }))
        expect(piece).toBeNull();
    };
    await expect(reading()).rejects.toThrow('enough');
  });
});

it('reads as much at once as there are lanes', async () => {
  let inFlight = 0;
  let most = 0;
  const inner = memorySource(BYTES);
  const source = priced(
    {
      ...inner,
      async read(offset, length) {
        most = Math.max(most, ++inFlight);
        await new Promise((resolve) => setTimeout(resolve, 1));
        inFlight--;
        return inner.read(offset, length);
      },
    },
    { lanes: 3 },
  );
  const ranges = Array.from({ length: 50 }, (_, index) => range(((index * 13) % 50) * 300, 100));
  const got = await readAll(source, ranges, { biggest: 100 });
  for (const [index, { offset, length }] of ranges.entries())
    expectBytes(got[index] ?? new Uint8Array(), BYTES.subarray(offset, offset + length));
  expect(most).toBe(3);
});

describe.each(VARIANTS)('ranges of a %s source, into memory that is used again', (_, variant) => {
  it('come the same, and use no more memory than the lanes', async () => {
    const used = new Set<ArrayBufferLike>();
    const inner = memorySource(BYTES.slice());
    const copying: Source = {
      ...inner,
      read(offset, length, into) {
        const target = into?.subarray(0, length) ?? new Uint8Array(length);
        if (into !== undefined) used.add(into.buffer);
        target.set(inner.read(offset, length) as Uint8Array);
        return target;
      },
    };
    await fc.assert(
      fc.asyncProperty(anyRanges, anyGap, fc.constantFrom(500, 5_000), async (ranges, gap, biggest) => {
        used.clear();
        const source = priced(variant(copying), { gap, lanes: 2 });
        const got = await readAll(source, ranges, { biggest, reuse: true });
        for (const [index, { offset, length }] of ranges.entries())
          expectBytes(got[index] ?? new Uint8Array(), BYTES.subarray(offset, offset + length));
        expect(used.size).toBeLessThanOrEqual(8);
      }),
    );
  });

  it('leave memory alone that is not theirs', async () => {
    const bytes = BYTES.slice(0, 1_000);
    const source = priced(
      variant(patched(memorySource(bytes), [{ offset: fileOffset(900), bytes: new Uint8Array(50) }])),
      {},
    );
    const ranges = Array.from({ length: 20 }, (__, index) =>
      range(index % 2 === 0 ? 0 : 880, index % 2 === 0 ? 1_000 : 20),
    );
    await readAll(source, ranges, { biggest: 1_000, reuse: true });
    expectBytes(bytes, BYTES.subarray(0, 1_000));
  });
});

it('reads nothing more once nobody wants it', async () => {
  let reads = 0;
  const inner = memorySource(BYTES);
  const source = priced(
    {
      ...inner,
      async read(offset, length) {
        reads++;
        await new Promise((resolve) => setTimeout(resolve, 2));
        return inner.read(offset, length);
      },
    },
    { lanes: 2 },
  );
  const ranges = Array.from({ length: 100 }, (_, index) => range(index * 150, 100));
  for await (const { index } of readRanges(source, ranges, { biggest: 4_000 })) if (index === 1) break;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(reads).toBeLessThan(10);
});

describe.each(VARIANTS)('scattered pieces of a %s source', (name, variant) => {
  const visitAll = async (
    source: Source,
    offsets: readonly number[],
    length: number,
  ): Promise<[number, Uint8Array][]> => {
    const seen: [number, Uint8Array][] = [];
    await scattered(source, offsets, length, (index, bytes) => seen.push([index, bytes.slice()]));
    return seen;
  };

  it('are told in order, but for those that are not there', async () => {
    const offsets = fc.array(fc.integer({ min: -10, max: SIZE + 10 }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(
        offsets,
        fc.constantFrom(1, 16, 512, 5_000),
        anyGap,
        fc.constantFrom(1, 4),
        async (list, length, gap, lanes) => {
          const seen = await visitAll(priced(variant(memorySource(BYTES)), { gap, lanes }), list, length);
          const there = list.flatMap((offset, index) =>
            offset > 0 && offset + length <= SIZE ? [index] : [],
          );
          expect(seen.map(([index]) => index)).toEqual(there);
          for (const [index, bytes] of seen)
            expectBytes(bytes, BYTES.subarray(list[index], (list[index] ?? 0) + length));
        },
      ),
    );
  });

  it('share reads with their neighbours', async () => {
    const stats = createReadStats();
    const source = priced(variant(counted(memorySource(BYTES), stats)), { gap: 600, lanes: 4, unit: 512 });
    const offsets = Array.from({ length: 19 }, (__, index) => 1_000 + ((index * 7) % 19) * 1_000);
    await visitAll(source, offsets, 512);
    expect(stats.requests).toBe(1);
  });

  it('are read one by one where a read of several meets a bad place, and the bad one is said', async () => {
    const inner = memorySource(BYTES);
    const sick: Source = {
      ...inner,
      read(offset, length) {
        if (offset <= 3_300 && offset + length > 3_300)
          throw new SourceError('EIO', 'bad place', { source: 'x', offset, length });
        return inner.read(offset, length);
      },
    };
    const source = priced(variant(sick), { gap: 1_000 });
    expect((await visitAll(source, [1_000, 3_400, 2_000, 5_000], 100)).map(([index]) => index)).toEqual([
      0, 1, 2, 3,
    ]);
    const seen: number[] = [];
    const reading = async (): Promise<void> => {
      await scattered(source, [1_000, 3_250, 2_000], 100, (index) => seen.push(index));
    };
    await expect(reading()).rejects.toMatchObject({ code: 'EIO', offset: 3_250, length: 100 });
    expect(seen).toEqual([0]);
  });

  it('lose no promise when any read fails', async () => {
    for (let at = 1; at <= 6; at++)
      for (const isAsync of [true, false]) {
        const error = new SourceError('ECONNRESET', 'reset', { source: 'x' });
        const source = priced(variant(failing(memorySource(BYTES), { at, async: isAsync, error })), {
          lanes: 3,
        });
        const reading = visitAll(source, [1, 2_000, 4_000, 6_000, 8_000, 10_000], 500);
        await expect(reading).rejects.toBe(error);
      }
  });

  it('are visited one by one: what the visitor throws ends it', async () => {
    const seen: number[] = [];
    const reading = async (): Promise<void> => {
      await scattered(variant(memorySource(BYTES)), [1, 2, 3, 4], 5, (index) => {
        seen.push(index);
        if (index === 1) throw new Error('enough');
      });
    };
    await expect(reading()).rejects.toThrow('enough');
    expect(seen).toEqual([0, 1]);
  });

  if (name === 'synchronous')
    it('are there at once', () => {
      let seen = 0;
      expect(scattered(memorySource(BYTES), [1, 500, 9_000], 16, () => seen++)).toBeUndefined();
      expect(seen).toBe(3);
    });
});
