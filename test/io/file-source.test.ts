import { mkdtempSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFileSource } from '../../src/io/file-source.ts';
import { fileOffset, type Source } from '../../src/io/source.ts';

const HEAD = 16 * 1024;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vdcheck-source-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function pattern(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >>> 8) * 7 + seed) & 0xff);
}

function openBytes(name: string, bytes: Uint8Array): Source {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return openFileSource(path);
}

const read = (source: Source, offset: number, length: number, into?: Uint8Array): Uint8Array =>
  source.read(fileOffset(offset), length, into) as Uint8Array;

describe('a file as a source', () => {
  it.each([0, 1, 511, HEAD - 1, HEAD, HEAD + 1, 3 * HEAD])('reads every part of %i bytes', (size) => {
    const bytes = pattern(size, 1);
    const source = openBytes('parts', bytes);
    const places = [0, 1, 4096, HEAD - 1, HEAD, HEAD + 1, size - 1].filter((at) => at >= 0 && at <= size);
    for (const start of places)
      for (const end of places.filter((at) => at >= start))
        expect(Buffer.compare(read(source, start, end - start), bytes.subarray(start, end))).toBe(0);
    void source.close();
  });

  it('hands out bytes that later reads leave alone', () => {
    const bytes = pattern(2 * HEAD, 2);
    const source = openBytes('owned', bytes);
    const first = read(source, 16, 32);
    first.fill(0xee);
    expect(read(source, 16, 32)).toStrictEqual(bytes.slice(16, 48));
    void source.close();
    const other = openBytes('owned-too', pattern(HEAD, 3));
    expect(read(other, 16, 32)).toStrictEqual(pattern(HEAD, 3).slice(16, 48));
    expect(first).toStrictEqual(new Uint8Array(32).fill(0xee));
    void other.close();
  });

  it('keeps the bytes of files apart that are open at the same time, and of one after another', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (let round = 0; round < 3; round++) {
      const sources = names.map((name, index) => openBytes(name, pattern(600 + 100 * index, round + index)));
      for (const [index, source] of sources.entries()) {
        expect(read(source, 0, source.size)).toStrictEqual(pattern(600 + 100 * index, round + index));
        void source.close();
        void source.close();
      }
    }
  });

  it('reads into the scratch that it is given', () => {
    const bytes = pattern(3 * HEAD, 4);
    const source = openBytes('scratch', bytes);
    const scratch = new Uint8Array(4096);
    for (const at of [0, 512, HEAD - 2048, 2 * HEAD]) {
      const result = read(source, at, 4000, scratch);
      expect(result.buffer).toBe(scratch.buffer);
      expect(result).toStrictEqual(bytes.slice(at, at + 4000));
    }
    void source.close();
  });

  it.each([0, HEAD])('refuses what is not in the file, from byte %i on', (from) => {
    const source = openBytes('outside', pattern(from + 100, 5));
    expect(() => read(source, from + 90, 11)).toThrow(expect.objectContaining({ code: 'short-read' }));
    expect(() => read(source, -1, 1)).toThrow(expect.objectContaining({ code: 'short-read' }));
    expect(read(source, from + 90, 10)).toStrictEqual(pattern(from + 100, 5).slice(-10));
    void source.close();
  });

  it('reads what is left of a file that was cut after it was opened, and says that the rest is missing', () => {
    const source = openBytes('cut', pattern(1000, 6));
    truncateSync(join(folder, 'cut'), 600);
    expect(read(source, 0, 512)).toStrictEqual(pattern(1000, 6).slice(0, 512));
    expect(() => read(source, 512, 200)).toThrow(expect.objectContaining({ code: 'short-read' }));
    expect(source.isUnchanged()).toBe(false);
    void source.close();
  });

  it('notices a change of time', () => {
    const source = openBytes('touched', pattern(1000, 7));
    expect(source.isUnchanged()).toBe(true);
    utimesSync(join(folder, 'touched'), 1, 1);
    expect(source.isUnchanged()).toBe(false);
    void source.close();
  });

  it.skipIf(process.platform === 'win32')(
    'notices bytes that were changed and given their old time again',
    async () => {
      const path = join(folder, 'disguised');
      const source = openBytes('disguised', pattern(1000, 8));
      const { atime, mtime } = statSync(path);
      // Longer than the clocks of file systems take for a step.
      await setTimeout(30);
      writeFileSync(path, pattern(1000, 9));
      utimesSync(path, atime, mtime);
      expect(statSync(path).mtime).toEqual(mtime);
      expect(source.isUnchanged()).toBe(false);
      void source.close();
    },
  );
});
