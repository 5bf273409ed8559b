import { spawnSync } from 'node:child_process';
import {
  linkSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probeSize } from '../../src/io/device-size.ts';
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

/** How many descriptors of this process are of a file in the test's folder. */
function openDescriptorsOf(name: string): number {
  const path = join(folder, name);
  return readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(join('/proc/self/fd', descriptor)) === path;
    } catch {
      return false;
    }
  }).length;
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

describe('what may be opened', () => {
  it('is the very file that was looked at', () => {
    const path = join(folder, 'expected');
    writeFileSync(path, pattern(100, 8));
    const { dev, ino } = statSync(path, { bigint: true });
    void openFileSource(path, { expect: { dev, ino } }).close();
    linkSync(path, join(folder, 'expected-link'));
    void openFileSource(join(folder, 'expected-link'), { expect: { dev, ino } }).close();
    writeFileSync(join(folder, 'other'), pattern(100, 9));
    renameSync(join(folder, 'other'), path);
    expect(() => openFileSource(path, { expect: { dev, ino } })).toThrow(
      expect.objectContaining({ code: 'replaced', source: path }),
    );
  });

  it.skipIf(process.platform === 'win32')('is no character device, allowed or not', () => {
    for (const options of [{}, { allowDevice: true }])
      expect(() => openFileSource('/dev/zero', options)).toThrow(
        expect.objectContaining({ code: 'not-regular' }),
      );
  });

  it('is a block device only where the caller says so', ({ skip }) => {
    const backing = join(folder, 'device');
    const bytes = pattern(1024 * 1024 + 512, 10);
    writeFileSync(backing, bytes);
    const loop = spawnSync('losetup', ['--show', '-rf', backing], { encoding: 'utf8' });
    if (loop.status !== 0) skip('no loop device can be made here');
    const device = loop.stdout.trim();
    try {
      expect(() => openFileSource(device)).toThrow(expect.objectContaining({ code: 'not-regular' }));
      const source = openFileSource(device, { allowDevice: true });
      expect(source.size).toBe(bytes.length);
      expect(source.storedSize).toBeNull();
      expect(Buffer.compare(read(source, 0, source.size), bytes)).toBe(0);
      expect(source.isUnchanged()).toBe(true);
      void source.close();
    } finally {
      spawnSync('losetup', ['-d', device]);
    }
  });
});

describe('the end of something that only reading tells the size of', () => {
  it.each([0, 1, 511, 4095, 4096, 4097, 8192, 12_800, 1 << 20, 3 * 2 ** 40 + 512, 2 ** 52 - 512])(
    'is found at %i',
    (size) => {
      let reads = 0;
      const count = (start: number): number => {
        reads++;
        return Math.max(0, Math.min(4096, size - start));
      };
      expect(probeSize('x', count)).toBe(size);
      expect(reads).toBeLessThan(100);
    },
  );

  it('is not looked for without end', () => {
    expect(() => probeSize('x', () => 4096)).toThrow(expect.objectContaining({ code: 'not-regular' }));
  });
});

describe('a file that is closed while it is read', () => {
  it.skipIf(process.platform !== 'linux')(
    'ends those reads before its descriptor is used again',
    async () => {
      const bytes = pattern(4 * 1024 * 1024, 11);
      const source = openBytes('closing', bytes);
      const reads = Array.from({ length: 4 }, async () => source.readLater?.(fileOffset(0), bytes.length));
      void source.close();
      for (const result of await Promise.all(reads))
        expect(Buffer.compare(result ?? new Uint8Array(), bytes)).toBe(0);
      await expect(source.readLater?.(fileOffset(0), 10)).rejects.toMatchObject({ code: 'closed' });
      expect(openDescriptorsOf('closing')).toBe(0);
      void openBytes('again', bytes).close();
      expect(openDescriptorsOf('again')).toBe(0);
    },
  );
});
