import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SourceError } from '../../src/errors.ts';
import { fileOffset, type MaybePromise, type Source } from '../../src/io/source.ts';

/** Enough for several blocks of every source; no multiple of anything. */
const SIZE = 300_007;
const NEVER = new AbortController().signal;

/** What the suite is to leave out, and why it may. */
export interface Conformance {
  /** Reads are views of the bytes that the source was made of, as documented: changing them changes the source. */
  readonly sharesBytes?: boolean;
  /** Every read is synchronous. */
  readonly isSync?: boolean;
  /** Bytes of the source; default 300,007. */
  readonly size?: number;
}

/** Bytes in which every place looks different. */
export function pattern(length: number, seed = 0): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0, state = seed + 1; index < length; index++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[index] = state >>> 16;
  }
  return bytes;
}

/** `expect(a).toEqual(b)` for many bytes, at the price of a comparison. */
export function expectBytes(actual: Uint8Array, expected: Uint8Array): void {
  expect(actual.length).toBe(expected.length);
  expect(Buffer.compare(actual, expected)).toBe(0);
}

/** A read as a promise, whatever it was. */
export async function read(
  source: Source,
  offset: number,
  length: number,
  into?: Uint8Array,
): Promise<Uint8Array> {
  return source.read(fileOffset(offset), length, into);
}

/** All pieces of a stream in one. */
export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

/**
 * The suite that every source and every decorator passes.
 *
 * @param make a source over these bytes; the suite closes it
 */
export function describeSource(
  name: string,
  make: (bytes: Uint8Array) => MaybePromise<Source>,
  { sharesBytes = false, isSync = false, size = SIZE }: Conformance = {},
): void {
  describe(`${name} is a source`, () => {
    const bytes = pattern(size);
    let source: Source;
    beforeAll(async () => {
      source = await make(bytes.slice());
    });
    afterAll(async () => {
      await source.close();
      await source.close();
    });
    const whole = (start: number, end: number): Uint8Array => bytes.subarray(start, end);
    const places = [
      0,
      1,
      511,
      512,
      4095,
      4096,
      65_535,
      65_536,
      65_537,
      131_072,
      262_144,
      size - 512,
      size - 1,
      size,
    ];

    it('says what it is', () => {
      expect(source.size).toBe(size);
      expect(source.name).not.toBe('');
      expect(source.identity).toBe(source.identity);
      expect(source.storedSize === null || source.storedSize >= 0).toBe(true);
      expect(source.modified === null || Number.isSafeInteger(source.modified)).toBe(true);
      const { unit, gap, lanes } = source.cost;
      for (const value of [unit, gap, lanes]) expect(Number.isSafeInteger(value) && value >= 0).toBe(true);
      expect(Math.min(unit, lanes)).toBeGreaterThanOrEqual(1);
    });

    it('reads every part', async () => {
      const within = places.filter((place) => place >= 0 && place <= size);
      for (const start of within)
        for (const end of within.filter((place) => place >= start))
          expectBytes(await read(source, start, end - start), whole(start, end));
    });

    it('reads into scratch, and no further than it was asked to', async () => {
      const scratch = new Uint8Array(10_000).fill(0xaa);
      for (const start of [0, 777, 65_000, size - 9_000]) {
        expectBytes(await read(source, start, 9_000, scratch), whole(start, start + 9_000));
        expectBytes(scratch.subarray(9_000), new Uint8Array(1_000).fill(0xaa));
      }
    });

    it('hands out bytes that later reads leave alone', async () => {
      const first = await read(source, 100, 5_000);
      await read(source, 0, 70_000);
      await read(source, 101, 5_000, new Uint8Array(6_000));
      expectBytes(first, whole(100, 5_100));
    });

    if (!sharesBytes)
      it('hands out bytes that belong to the caller', async () => {
        (await read(source, 100, 5_000)).fill(0xee);
        (await read(source, 0, size)).fill(0xee);
        expectBytes(await read(source, 0, size), bytes);
      });

    it('refuses what is not inside', async () => {
      for (const [offset, length] of [
        [size - 10, 11],
        [size, 1],
        [size + 5, 0],
        [-1, 1],
        [0, -1],
        [0, size + 1],
        [2 ** 52, 512],
      ] as const) {
        const failure = await read(source, offset, length).catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(SourceError);
        expect(failure).toMatchObject({ code: 'short-read', source: source.name, offset, length });
      }
      expectBytes(await read(source, size - 10, 10), whole(size - 10, size));
    });

    it('serves many reads at once', async () => {
      const starts = Array.from({ length: 40 }, (_, index) => (index * 37_777) % (size - 3_000));
      const reads = await Promise.all(starts.map((start) => read(source, start, 3_000)));
      for (const [index, start] of starts.entries())
        expectBytes(reads[index] ?? new Uint8Array(), whole(start, start + 3_000));
    });

    it('reads any range', async () => {
      const range = fc.tuple(fc.nat(size), fc.nat(100_000));
      await fc.assert(
        fc.asyncProperty(range, async ([start, length]) => {
          const end = Math.min(size, start + length);
          expectBytes(await read(source, start, end - start), whole(start, end));
        }),
        { numRuns: 40 },
      );
    });

    it('reads later and streams what it reads', async () => {
      const later = await source.readLater?.(fileOffset(1_000), 200_000);
      if (later !== undefined) expectBytes(later, whole(1_000, 201_000));
      await expect(source.readLater?.(fileOffset(size), 1) ?? Promise.reject(new Error())).rejects.toThrow();
      if (source.stream === undefined) return;
      for (const [start, end] of [
        [0, size],
        [513, 200_000],
        [size, size],
        [7, 8],
      ] as const)
        expectBytes(
          await collect(source.stream(fileOffset(start), fileOffset(end), NEVER)),
          whole(start, end),
        );
    });

    it('ends a stream when it is told to', async () => {
      if (source.stream === undefined) return;
      const controller = new AbortController();
      controller.abort(new Error('enough'));
      const { stream } = source;
      const all = async (): Promise<unknown> =>
        collect(stream.call(source, fileOffset(0), fileOffset(size), controller.signal));
      await expect(all()).rejects.toThrow('enough');
      for await (const piece of source.stream(fileOffset(0), fileOffset(size), NEVER)) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
      expectBytes(await read(source, 5, 500), whole(5, 505));
    });

    it('is unchanged', async () => {
      expect(await source.isUnchanged()).toBe(true);
    });

    if (isSync)
      it('is synchronous', () => {
        expect(source.read(fileOffset(10), 1_000)).toBeInstanceOf(Uint8Array);
      });
  });
}
