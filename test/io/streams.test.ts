import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SourceError } from '../../src/errors.ts';
import { gunzip, isGzip } from '../../src/io/archive/gzip.ts';
import { ForwardReader, streamOf } from '../../src/io/forward-reader.ts';
import { memorySource } from '../../src/io/memory-source.ts';
import { remembered, type RememberedOptions, type StreamSource } from '../../src/io/remembered-source.ts';
import { fileOffset, readAvailable } from '../../src/io/source.ts';
import { openStream } from '../../src/io/standard-input.ts';
import { asynchronous, failing } from '../support/sources.ts';
import { collect, describeSource, expectBytes, pattern, read } from './conformance.ts';

const BYTES = pattern(100_000);

/** `bytes` in pieces of changing length. */
async function* inPieces(bytes: Uint8Array, most = 5_000): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0, step = 1; at < bytes.length; at += step, step = ((step * 7) % most) + 1) {
    await Promise.resolve();
    yield bytes.slice(at, at + step);
  }
}

const stream = (options: Partial<RememberedOptions> = {}, bytes = BYTES): StreamSource =>
  remembered(inPieces(bytes), { name: 'stream', ...options });

describeSource('a stream that is kept whole', async (bytes) => {
  const source = remembered(inPieces(bytes), { name: 'stream', size: bytes.length, head: bytes.length });
  await source.readToEnd();
  return source;
});
describeSource('a stream that is kept whole by its tail, of unknown size', async (bytes) => {
  const source = remembered(inPieces(bytes), { name: 'stream', head: 0, tail: bytes.length });
  await source.readToEnd();
  return source;
});
describeSource('a stream that is kept whole as it is read', (bytes) =>
  remembered(inPieces(bytes), { name: 'stream', size: bytes.length, head: bytes.length }),
);

describe('a stream', () => {
  it('reads forward, and back to what it keeps', async () => {
    const source = stream({ head: 1_000, tail: 2_000 });
    expectBytes(await read(source, 500, 100), BYTES.subarray(500, 600));
    expectBytes(await read(source, 50_000, 5_000), BYTES.subarray(50_000, 55_000));
    expect(source.position).toBe(55_000);
    for (const [start, length] of [
      [0, 1_000],
      [53_000, 2_000],
      [54_999, 500],
    ] as const)
      expectBytes(await read(source, start, length), BYTES.subarray(start, start + length));
    const passed = await read(source, 1_000, 1).catch((error: unknown) => error);
    expect(passed).toBeInstanceOf(SourceError);
    expect(passed).toMatchObject({ code: 'not-seekable', offset: 1_000, length: 1 });
    expectBytes(await read(source, 60_000, 10), BYTES.subarray(60_000, 60_010));
  });

  it('serves what it keeps at once', async () => {
    const source = stream({ head: 1_000 });
    await read(source, 0, 2_000);
    expect(source.read(fileOffset(10), 500)).toBeInstanceOf(Uint8Array);
  });

  it('keeps what it is told to keep', async () => {
    const source = stream({ head: 10, tail: 10, budget: 3_000 });
    source.keep({ offset: fileOffset(40_000), length: 1_000 });
    source.keep({ offset: fileOffset(20_000), length: 1_000 });
    source.keep({ offset: fileOffset(40_500), length: 1_000 });
    expect(() => source.keep({ offset: fileOffset(70_000), length: 1 })).toThrow(
      expect.objectContaining({ code: 'too-much-to-keep' }),
    );
    expect(await source.readToEnd()).toBe(BYTES.length);
    expectBytes(await read(source, 40_000, 1_500), BYTES.subarray(40_000, 41_500));
    expectBytes(await read(source, 20_500, 500), BYTES.subarray(20_500, 21_000));
    await expect(read(source, 20_500, 501)).rejects.toMatchObject({ code: 'not-seekable' });
    expect(() => source.keep({ offset: fileOffset(5_000), length: 1 })).toThrow(
      expect.objectContaining({ code: 'not-seekable' }),
    );
  });

  it('keeps ranges that contain others', async () => {
    const source = remembered(inPieces(BYTES, 100), { name: 'stream', head: 0, tail: 0 });
    for (const [offset, length] of [
      [1_000, 5_000],
      [1_500, 100],
      [1_500, 4_000],
      [5_900, 10],
    ] as const)
      source.keep({ offset: fileOffset(offset), length });
    await source.readToEnd();
    expectBytes(await read(source, 1_000, 5_000), BYTES.subarray(1_000, 6_000));
    await expect(read(source, 5_999, 2)).rejects.toMatchObject({ code: 'not-seekable' });
  });

  it('is as a plain buffer, with a memory of what it keeps', async () => {
    const range = fc.tuple(fc.nat(30_000), fc.nat(3_000));
    await fc.assert(
      fc.asyncProperty(
        fc.array(range, { maxLength: 12 }),
        fc.array(range, { maxLength: 5 }),
        fc.nat(2_000),
        fc.nat(2_000),
        async (reads, keeps, head, tail) => {
          const bytes = BYTES.subarray(0, 30_000);
          const source = remembered(inPieces(bytes, 500), { name: 'stream', head, tail });
          for (const [offset, length] of keeps) source.keep({ offset: fileOffset(offset), length });
          const isKept = (at: number): boolean =>
            at < head ||
            at >= source.position - tail ||
            keeps.some(([start, length]) => at >= start && at < start + length);
          for (const [start, length] of reads) {
            const end = Math.min(bytes.length, start + length);
            const count = Math.max(0, end - start);
            let isThere = true;
            for (let at = start; at < Math.min(end, source.position); at++) isThere &&= isKept(at);
            const got = await read(source, start, count).catch((error: unknown) => error);
            if (isThere) expectBytes(got as Uint8Array, bytes.subarray(start, start + count));
            else expect(got).toMatchObject({ code: 'not-seekable' });
          }
        },
      ),
    );
  });

  it('learns its size at its end', async () => {
    const source = stream();
    expect(source.size).toBe(Infinity);
    await expect(read(source, 99_990, 11)).rejects.toMatchObject({ code: 'short-read' });
    expect(source.size).toBe(100_000);
    expectBytes(await read(source, 99_990, 10), BYTES.subarray(99_990));
    expect(await readAvailable(stream(), fileOffset(99_000), 5_000)).toHaveLength(1_000);
    expect(await readAvailable(stream({}, new Uint8Array(0)), fileOffset(0), 512)).toHaveLength(0);
  });

  it('says where it ends before its size, and reads no further', async () => {
    const short = stream({ size: 100_010 });
    await expect(short.readToEnd()).rejects.toMatchObject({ code: 'short-read' });
    const long = stream({ size: 50_000 });
    expect(await long.readToEnd()).toBe(50_000);
    await expect(read(long, 50_000, 1)).rejects.toMatchObject({ code: 'short-read' });
  });

  it('says each time that it failed', async () => {
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield BYTES.slice(0, 100);
      await Promise.resolve();
      throw new SourceError('EIO', 'broken', { source: 'stream' });
    };
    const source = remembered(broken(), { name: 'stream' });
    await expect(read(source, 0, 200)).rejects.toMatchObject({ code: 'EIO' });
    await expect(source.readToEnd()).rejects.toMatchObject({ code: 'EIO' });
    expectBytes(await read(source, 0, 100), BYTES.subarray(0, 100));
  });

  it('ends what it reads from when it is closed', async () => {
    let isClosed = false;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          await Promise.resolve();
          yield new Uint8Array(100);
        }
      } finally {
        isClosed = true;
      }
    };
    const source = remembered(endless(), { name: 'endless' });
    await read(source, 0, 1_000);
    await source.close();
    await source.close();
    expect(isClosed).toBe(true);
  });

  it('may be one of Node', async () => {
    const source = openStream(Readable.from(inPieces(BYTES)));
    expect(source.name).toBe('-');
    expectBytes(await read(source, 5, 99_000), BYTES.subarray(5, 99_005));
    await source.close();
    const failure = openStream(
      new Readable({
        read() {
          this.destroy(Object.assign(new Error('x'), { code: 'EISDIR' }));
        },
      }),
    );
    await expect(read(failure, 0, 1)).rejects.toMatchObject({ code: 'EISDIR', source: '-' });
  });
});

describe('all bytes of a source, in order', () => {
  it.each([
    ['synchronous', memorySource(BYTES)],
    ['asynchronous', asynchronous(memorySource(BYTES))],
  ])('%s', async (_, source) => {
    expectBytes(await collect(streamOf(source)), BYTES);
    await expect(collect(streamOf(source, AbortSignal.abort(new Error('enough'))))).rejects.toThrow('enough');
  });

  it.each([true, false])('lose no failure (a promise: %s)', async (isAsync) => {
    const long = memorySource(pattern(600_000));
    for (const at of [1, 2, 3])
      await expect(collect(streamOf(failing(long, { at, async: isAsync })))).rejects.toMatchObject({
        code: 'EIO',
      });
  });
});

describe('a reader of a stream', () => {
  it('takes, passes over and says how far it is', async () => {
    const reader = new ForwardReader(inPieces(BYTES), 'stream');
    expectBytes(await reader.take(3_000), BYTES.subarray(0, 3_000));
    expect(await reader.skip(80_000)).toBe(80_000);
    expectBytes(await reader.take(10), BYTES.subarray(83_000, 83_010));
    expect(reader.position).toBe(83_010);
    await expect(reader.take(2 ** 50)).rejects.toMatchObject({ code: 'short-read', offset: 83_010 });
    expect(await reader.skip(5)).toBe(0);
    expect(await reader.upTo(5)).toHaveLength(0);
  });
});

describe('a gzip stream', () => {
  const unpack = (bytes: Uint8Array): Promise<Uint8Array> => collect(gunzip(inPieces(bytes), 'x.gz'));

  it('is unpacked, also of several members, and with something behind it', async () => {
    const packed = gzipSync(BYTES);
    expect(isGzip(packed)).toBe(true);
    expect(isGzip(BYTES)).toBe(false);
    expectBytes(await unpack(packed), BYTES);
    expectBytes(await unpack(Buffer.concat([packed, packed])), Buffer.concat([BYTES, BYTES]));
    expectBytes(await unpack(Buffer.concat([packed, new Uint8Array(1_000)])), BYTES);
    expectBytes(await unpack(gzipSync('')), new Uint8Array(0));
  });

  it.each([
    ['short', (bytes: Buffer) => bytes.subarray(0, 50_000), 'short-read'],
    ['without a beginning', (bytes: Buffer) => bytes.subarray(100), 'damaged-gzip'],
    [
      'with a wrong checksum',
      (bytes: Buffer) => bytes.fill(0x55, bytes.length - 8, bytes.length - 4),
      'damaged-gzip',
    ],
    ['damaged', (bytes: Buffer) => bytes.fill(0xff, 20_000, 20_100), 'damaged-gzip'],
  ])('is said to be %s', async (_, damage, code) => {
    await expect(unpack(damage(Buffer.from(gzipSync(BYTES))))).rejects.toMatchObject({
      code,
      source: 'x.gz',
    });
  });

  it('passes on what its own source fails with', async () => {
    const error = new SourceError('EIO', 'broken', { source: 'below' });
    const packed = gzipSync(BYTES);
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield packed.subarray(0, 30_000);
      await Promise.resolve();
      throw error;
    };
    await expect(collect(gunzip(broken(), 'x.gz'))).rejects.toBe(error);
  });

  it('is left alone when nobody wants more', async () => {
    for await (const bytes of gunzip(inPieces(gzipSync(new Uint8Array(1e7))), 'x.gz')) {
      expect(bytes.length).toBeGreaterThan(0);
      break;
    }
  });

  it('is a source that is read forward', async () => {
    const source = remembered(gunzip(inPieces(gzipSync(BYTES)), 'x.gz'), {
      name: 'x.vhd.gz',
      head: 512,
      tail: 512,
    });
    expectBytes(await read(source, 0, 512), BYTES.subarray(0, 512));
    expect(await source.readToEnd()).toBe(BYTES.length);
    expectBytes(await read(source, BYTES.length - 512, 512), BYTES.subarray(-512));
    await source.close();
  });
});
