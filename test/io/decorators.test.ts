import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SourceError } from '../../src/errors.ts';
import { cached } from '../../src/io/cached-source.ts';
import { counted, createReadStats } from '../../src/io/counted-source.ts';
import { limited } from '../../src/io/limited-source.ts';
import { memorySource } from '../../src/io/memory-source.ts';
import { patched } from '../../src/io/patched-source.ts';
import { retried } from '../../src/io/retried-source.ts';
import { fileOffset, type Source } from '../../src/io/source.ts';
import { closingAlso, windowSource } from '../../src/io/window-source.ts';
import { asynchronous, failing } from '../support/sources.ts';
import { expectBytes, pattern, read } from './conformance.ts';

const BYTES = pattern(100_000);
const memory = (): Source => memorySource(BYTES.slice(), 'bytes');
const both = describe.each([
  ['synchronous', (source: Source) => source],
  ['asynchronous', asynchronous],
] as const);

both('cached, over a %s source', (_, variant) => {
  const make = (bytes = 64 * 1024) => {
    const stats = createReadStats();
    return { stats, source: cached(variant(counted(memory(), stats)), { block: 1024, bytes }) };
  };

  it('reads a block once', async () => {
    const { stats, source } = make();
    for (const at of [10, 500, 1_000, 0])
      expectBytes(await read(source, at, 20), BYTES.subarray(at, at + 20));
    expect(stats).toMatchObject({ requests: 1, bytes: 1024 });
    await read(source, 1_000, 5_000);
    expect(stats).toMatchObject({ requests: 2, bytes: 6 * 1024 });
  });

  it('reads a block once for all who ask at the same time', async () => {
    const { stats, source } = make();
    await Promise.all(Array.from({ length: 10 }, () => read(source, 2_048, 3_000)));
    expect(stats.requests).toBe(1);
  });

  it('forgets the block that was used longest ago', async () => {
    const { stats, source } = make(4 * 1024);
    for (const block of [0, 1, 2, 3, 0, 4]) await read(source, block * 1024, 1);
    expect(stats.requests).toBe(5);
    await read(source, 0, 1);
    expect(stats.requests).toBe(5);
    await read(source, 1024, 1);
    expect(stats.requests).toBe(6);
  });

  it('lets big reads pass', async () => {
    const { stats, source } = make();
    await read(source, 10, 40_000);
    expect(stats).toMatchObject({ requests: 1, bytes: 40_000 });
  });

  it('gives what can be read beside a bad place, and says what cannot', async () => {
    const bad = (offset: number, length: number): boolean => offset <= 1_500 && offset + length > 1_500;
    const inner = memory();
    const sick: Source = {
      ...inner,
      read(offset, length, into) {
        if (bad(offset, length)) throw new SourceError('EIO', 'bad', { source: 'bytes', offset, length });
        return inner.read(offset, length, into);
      },
    };
    const source = cached(variant(sick), { block: 1024 });
    expectBytes(await read(source, 500, 1_000), BYTES.subarray(500, 1_500));
    await expect(read(source, 500, 1_001)).rejects.toMatchObject({ code: 'EIO', offset: 500, length: 1_001 });
    expectBytes(await read(source, 1_501, 10), BYTES.subarray(1_501, 1_511));
  });
});

it('cached loses no promise where one read of several throws', async () => {
  const source = cached(failing(asynchronous(memory()), { at: 3, async: false }), { block: 1024 });
  await read(source, 1_024, 10);
  // Block 1 is there; of the reads for those before and behind it the second one fails, while the first is on its way.
  expectBytes(await read(source, 0, 3_000), BYTES.subarray(0, 3_000));
  const error = new SourceError('ECONNRESET', 'reset', { source: 'bytes' });
  const failingToo = cached(
    failing(failing(asynchronous(memory()), { at: 2, async: true }), { at: 3, async: false, error }),
    {
      block: 1024,
    },
  );
  await read(failingToo, 1_024, 10);
  await expect(read(failingToo, 0, 3_000)).rejects.toBe(error);
  await new Promise((resolve) => setTimeout(resolve, 1));
});

describe('limited', () => {
  it('has no more reads in flight than it is allowed, and serves all in order', async () => {
    let inFlight = 0;
    let most = 0;
    const order: number[] = [];
    const inner = memory();
    const slow: Source = {
      ...inner,
      async read(offset, length) {
        most = Math.max(most, ++inFlight);
        order.push(offset);
        await new Promise((resolve) => setTimeout(resolve, 1));
        inFlight--;
        if (offset === 3) throw new SourceError('EIO', 'bad', { source: 'bytes', offset, length });
        return inner.read(offset, length);
      },
    };
    const source = limited({ ...slow, cost: { unit: 1, gap: 0, lanes: 8 } }, 3);
    expect(source.cost.lanes).toBe(3);
    const results = await Promise.allSettled(Array.from({ length: 12 }, (__, at) => read(source, at, 1)));
    expect(results.map(({ status }) => status === 'rejected')).toEqual(results.map((__, at) => at === 3));
    expect(most).toBe(3);
    expect(order).toEqual(Array.from({ length: 12 }, (__, at) => at));
  });

  it('gives a lane back when a synchronous read fails', () => {
    const source = limited(failing(memory(), { at: 1, async: false }), 1);
    expect(() => source.read(fileOffset(0), 1)).toThrow('input/output error');
    expect(source.read(fileOffset(0), 1)).toBeInstanceOf(Uint8Array);
  });
});

describe('patched', () => {
  const patches = fc.array(fc.record({ offset: fc.nat(3_000), bytes: fc.uint8Array({ maxLength: 700 }) }), {
    maxLength: 12,
  });
  it.each([
    ['synchronous', (source: Source) => source],
    ['asynchronous', asynchronous],
  ] as const)('reads as a plain buffer that was written to, over a %s source', async (_, variant) => {
    const base = pattern(2_000, 3);
    await fc.assert(
      fc.asyncProperty(patches, fc.array(fc.tuple(fc.nat(3_700), fc.nat(1_500))), async (list, ranges) => {
        const size = list.reduce(
          (end, { offset, bytes }) => (bytes.length ? Math.max(end, offset + bytes.length) : end),
          2_000,
        );
        const model = new Uint8Array(size);
        model.set(base);
        for (const { offset, bytes } of list) if (bytes.length > 0) model.set(bytes, offset);
        const source = patched(
          variant(memorySource(base.slice())),
          list.map(({ offset, bytes }) => ({ offset: fileOffset(offset), bytes })),
        );
        expect(source.size).toBe(size);
        for (const [from, length] of [[0, size], ...ranges] as const) {
          const start = Math.min(from, size);
          const end = Math.min(size, start + length);
          expectBytes(await read(source, start, end - start), model.subarray(start, end));
          expectBytes(
            await read(source, start, end - start, new Uint8Array(4_000).fill(0xaa)),
            model.subarray(start, end),
          );
        }
      }),
    );
  });

  it('asks the source for nothing that a patch covers, and changes nothing in it', () => {
    const inner = memory();
    const source = patched(failing(inner, { at: 1, async: false }), [
      { offset: fileOffset(100), bytes: new Uint8Array(50) },
    ]);
    expectBytes(source.read(fileOffset(110), 20) as Uint8Array, new Uint8Array(20));
    expect(() => source.read(fileOffset(90), 20)).toThrow('input/output error');
    expectBytes(
      source.read(fileOffset(90), 20) as Uint8Array,
      Buffer.concat([BYTES.subarray(90, 100), new Uint8Array(10)]),
    );
    expectBytes(inner.read(fileOffset(90), 20) as Uint8Array, BYTES.subarray(90, 110));
  });
});

describe.each([true, false])('retried, over a source that fails (a promise: %s)', (isAsync) => {
  const passing = new SourceError('ECONNRESET', 'reset', { source: 'bytes' });

  it('reads again where the failure may pass, and counts it', async () => {
    const stats = createReadStats();
    const source = retried(failing(memory(), { at: 1, async: isAsync, error: passing }), { delay: 1, stats });
    expectBytes(await read(source, 7, 70), BYTES.subarray(7, 77));
    expect(stats.retries).toBe(1);
  });

  it('does not where it will not', async () => {
    const inner = failing(memory(), { at: 1, async: isAsync });
    await expect(read(retried(inner, { delay: 1 }), 7, 70)).rejects.toMatchObject({ code: 'EIO' });
    expect(inner.reads).toBe(1);
  });

  it('gives up in the end, with what was wrong', async () => {
    const fail = (): Promise<Uint8Array> => {
      if (isAsync) return Promise.reject(passing);
      throw passing;
    };
    const inner = { ...memory(), read: fail };
    const stats = createReadStats();
    await expect(read(retried(inner, { delay: 1, attempts: 3, stats }), 0, 1)).rejects.toBe(passing);
    expect(stats.retries).toBe(2);
  });

  it('stops waiting when it is told to', async () => {
    const signal = AbortSignal.timeout(10);
    const source = retried(failing(memory(), { at: 1, async: isAsync, error: passing }), {
      delay: 60_000,
      signal,
    });
    await expect(read(source, 0, 1)).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('a stream that breaks off', () => {
  it('goes on where it was', async () => {
    const stats = createReadStats();
    const inner = memory();
    const asked: number[] = [];
    const source = retried(
      {
        ...inner,
        async *stream(start, end) {
          asked.push(start);
          for (let at: number = start; at < end; at += 1_000) {
            if (at - start === 5_000) throw new SourceError('broken-off', 'broken', { source: 'bytes' });
            yield await read(inner, at, Math.min(1_000, end - at));
          }
        },
      },
      { delay: 1, attempts: 2, stats },
    );
    const pieces: Uint8Array[] = [];
    for await (const piece of source.stream?.(fileOffset(100), fileOffset(18_000)) ?? []) pieces.push(piece);
    expectBytes(Buffer.concat(pieces), BYTES.subarray(100, 18_000));
    expect(asked).toEqual([100, 5_100, 10_100, 15_100]);
    expect(stats.retries).toBe(3);
  });
});

/** Every decorator, over a source of which any one read fails. */
const DECORATORS: Readonly<Record<string, (source: Source) => Source>> = {
  cached: (source) => cached(source, { block: 512 }),
  counted: (source) => counted(source, createReadStats()),
  limited: (source) => limited(source, 1),
  patched: (source) => patched(source, [{ offset: fileOffset(600), bytes: BYTES.slice(600, 700) }]),
  retried: (source) => retried(source),
  'a window': (source) => windowSource(source, fileOffset(0), source.size),
  'closing also': (source) => closingAlso(source, () => undefined),
};

describe.each(Object.entries(DECORATORS))('%s, over a source that fails at any read', (name, decorate) => {
  it.each([true, false])('says so, and reads on (a promise: %s)', async (isAsync) => {
    const starts = [0, 650, 1_400, 50_000];
    for (let at = 1; at <= starts.length; at++) {
      const inner = failing(memory(), { at, async: isAsync });
      const source = decorate(inner);
      const results = await Promise.allSettled(starts.map((start) => read(source, start, 300)));
      const failed = results.filter(({ status }) => status === 'rejected');
      // The cache reads again, just what it was asked for.
      expect(failed.length).toBe(name === 'cached' ? 0 : 1);
      for (const start of starts)
        expectBytes(await read(source, start, 300), BYTES.subarray(start, start + 300));
    }
  });
});
