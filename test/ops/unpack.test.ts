import { deflateRawSync, deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { unpack as inBrowser } from '../../src/browser/unpack.ts';
import type { Unpacked } from '../../src/model/content.ts';
import type { CompressionMethod } from '../../src/model/image.ts';
import { unpack as inNode } from '../../src/node/unpack.ts';
import { loadPacker } from '../../src/node/zstd-pack.ts';

const SIZE = 65536;
let state = 1;
const random = (below: number): number => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return (state >>> 8) % below;
};
const text = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (at % 97 < 60 ? 65 : random(256)));

/** Streams of what a unit may be, and near it. */
const contents = [
  text(SIZE),
  text(SIZE - 1),
  text(SIZE + 1),
  new Uint8Array(SIZE),
  new Uint8Array(0),
  text(5_000_000),
];
const packers: Readonly<Partial<Record<CompressionMethod, (bytes: Uint8Array) => Uint8Array>>> = {
  zlib: (bytes) => deflateSync(bytes),
  deflate: (bytes) => deflateRawSync(bytes),
};

/** Without the words of a damaged stream, which are the decoder's. */
const short = (found: Unpacked): unknown => (found.kind === 'damaged' ? { kind: 'damaged' } : found);

describe.each(Object.entries(packers))('%s', (name, pack) => {
  const method = name as CompressionMethod;
  test('tells whole streams, their bytes and zeros, and what is behind them', async () => {
    for (const content of contents.slice(0, 5)) {
      const stream = pack?.(content) ?? content;
      const more = new Uint8Array(stream.length + 3).fill(7);
      more.set(stream);
      const whole = { kind: 'whole', length: content.length, used: stream.length };
      const expected = content.length > SIZE ? { kind: 'long' } : whole;
      for (const unpack of [inNode, inBrowser]) {
        expect(await unpack(method, stream, SIZE)).toMatchObject(expected);
        expect(await unpack(method, more, SIZE)).toMatchObject(expected);
        expect(await unpack(method, stream.subarray(0, -1), SIZE)).toMatchObject(
          content.length > SIZE ? { kind: 'long' } : { kind: 'cut' },
        );
      }
    }
  });

  test('large units too, piece by piece', async () => {
    const large = contents[5] ?? new Uint8Array(0);
    const stream = pack?.(large) ?? large;
    for (const unpack of [inNode, inBrowser]) {
      expect(await unpack(method, stream, large.length)).toMatchObject({
        kind: 'whole',
        length: large.length,
        isZero: false,
        used: stream.length,
      });
      expect(await unpack(method, stream, large.length - 1)).toEqual({ kind: 'long' });
      expect(await unpack(method, stream.subarray(0, 1000), large.length)).toEqual({ kind: 'cut' });
    }
  });

  test('Node and browsers agree on whatever was damaged', async () => {
    const sound = pack?.(text(SIZE)) ?? new Uint8Array(0);
    for (let round = 0; round < 300; round++) {
      const bytes = sound.slice(0, round % 3 === 0 ? random(sound.length) : sound.length);
      for (let flips = random(3); flips > 0; flips--) {
        const at = random(bytes.length || 1);
        if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
      }
      expect(short(await inBrowser(method, bytes, SIZE)), `round ${round}`).toEqual(
        short(await inNode(method, bytes, SIZE)),
      );
    }
  });
});

describe('zstd', () => {
  test('tells whole streams, frames that say nothing, and damage', async () => {
    const pack = await loadPacker();
    const content = text(SIZE);
    const frame = pack(content, 3);
    const skipped = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 1, ...frame);
    const more = Uint8Array.of(...frame, 9, 9);
    for (const unpack of [inNode, inBrowser]) {
      const whole = { kind: 'whole', length: SIZE, isZero: false };
      expect(await unpack('zstd', frame, SIZE)).toEqual({ ...whole, used: frame.length });
      expect(await unpack('zstd', more, SIZE)).toEqual({ ...whole, used: frame.length });
      expect(await unpack('zstd', skipped, SIZE)).toEqual({ ...whole, used: skipped.length });
      expect(await unpack('zstd', frame.subarray(0, -1), SIZE)).toEqual({ kind: 'cut' });
      expect(await unpack('zstd', new Uint8Array(600), SIZE)).toMatchObject({ kind: 'damaged' });
    }
  });
});
