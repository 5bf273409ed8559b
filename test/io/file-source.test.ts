import { spawnSync } from 'node:child_process';
import {
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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
  return readdirSync('/proc/self/fd').filter((descriptor) => openPath(descriptor) === path).length;
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

describe.runIf(process.platform === 'linux')('files that are not all open at once', () => {
  const BYTES = 2 * HEAD;
  let many: Source[] = [];

  /** Opens more files than are kept open, so that those that were open before are closed. */
  function openMany(): Source[] {
    const sources = Array.from({ length: 100 }, (_, index) =>
      openBytes(`many-${index}`, pattern(BYTES, index)),
    );
    many.push(...sources);
    return sources;
  }

  afterEach(() => {
    for (const source of many) void source.close();
    expect(many.filter(({ name }) => openDescriptorsOf(basename(name)) > 0)).toEqual([]);
    many = [];
  });

  const openCount = (sources: readonly Source[]): number =>
    sources.reduce((count, { name }) => count + openDescriptorsOf(basename(name)), 0);

  it('are read in any order, and keep their identity', () => {
    const sources = openMany();
    expect(openCount(sources)).toBeLessThanOrEqual(64);
    for (const step of [1, 7, 63, 99])
      for (let n = 0; n < 100; n++) {
        const index = (n * step) % 100;
        const source = sources[index];
        if (source === undefined) continue;
        expect(Buffer.compare(read(source, HEAD, HEAD), pattern(BYTES, index).subarray(HEAD))).toBe(0);
      }
    expect(openCount(sources)).toBeLessThanOrEqual(64);
    for (const source of sources) {
      const { dev, ino } = statSync(source.name, { bigint: true });
      expect(source.identity).toBe(`file:${dev}:${ino}`);
      expect(source.isUnchanged()).toBe(true);
    }
  });

  it('those that are read stay open', () => {
    const kept = openBytes('kept', pattern(BYTES, 1));
    const descriptor = (): string[] =>
      readdirSync('/proc/self/fd').filter((name) => openPath(name) === kept.name);
    const before = descriptor();
    for (let n = 0; n < 100; n++) {
      many.push(openBytes(`many-${n}`, pattern(BYTES, n)));
      read(kept, HEAD, 1);
      expect(descriptor()).toEqual(before);
    }
    void kept.close();
  });

  it('one that is read in the background stays open until then', async () => {
    const bytes = pattern(8 * 1024 * 1024, 3);
    const source = openBytes('background', bytes);
    const result = source.readLater?.(fileOffset(0), bytes.length);
    openMany();
    expect(openDescriptorsOf('background')).toBe(1);
    expect(Buffer.compare((await result) ?? new Uint8Array(), bytes)).toBe(0);
    openMany();
    expect(openDescriptorsOf('background')).toBe(0);
    expect(
      Buffer.compare((await source.readLater?.(fileOffset(0), HEAD)) ?? bytes, bytes.subarray(0, HEAD)),
    ).toBe(0);
    void source.close();
    expect(openDescriptorsOf('background')).toBe(0);
    expect(() => read(source, HEAD, 1)).toThrow(expect.objectContaining({ code: 'closed' }));
  });

  it('what has no name any more, or is the door to another descriptor, stays open', () => {
    const path = join(folder, 'nameless');
    writeFileSync(path, pattern(BYTES, 4));
    const descriptor = openSync(path, 'r');
    unlinkSync(path);
    const source = openFileSource(`/dev/fd/${descriptor}`);
    closeSync(descriptor);
    openMany();
    expect(Buffer.compare(read(source, HEAD, HEAD), pattern(BYTES, 4).subarray(HEAD))).toBe(0);
    void source.close();
  });

  it.each<[string, (path: string) => void]>([
    [
      'another was renamed to its name',
      (path) => {
        writeFileSync(`${path}-other`, pattern(BYTES, 6));
        renameSync(`${path}-other`, path);
      },
    ],
    ['it was removed', (path) => rmSync(path)],
    [
      'it was removed, and another written, with the same inode as it happens',
      (path) => {
        rmSync(path);
        writeFileSync(path, pattern(BYTES, 6));
      },
    ],
    [
      'its name is that of a pipe',
      (path) => {
        rmSync(path);
        spawnSync('mkfifo', [path]);
      },
    ],
    [
      'its name is that of a folder',
      (path) => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
    [
      'its name is a link that leads nowhere',
      (path) => {
        rmSync(path);
        symlinkSync(path, path);
      },
    ],
  ])('%s: that is said, and its bytes are not those of another', async (_what, change) => {
    const path = join(mkdtempSync(join(folder, 'changed-')), 'disk');
    writeFileSync(path, pattern(BYTES, 5));
    const { dev, ino } = statSync(path, { bigint: true });
    const sources = [openFileSource(path), openFileSource(path, { expect: { dev, ino } })];
    await setTimeout(30);
    openMany();
    change(path);
    for (const source of sources) {
      const changed = expect.objectContaining({ code: 'changed', source: path }) as unknown;
      expect(() => read(source, 0, 10)).toThrow(changed);
      expect(() => read(source, HEAD, 10)).toThrow(changed);
      await expect(source.readLater?.(fileOffset(HEAD), 10)).rejects.toEqual(changed);
      void source.close();
    }
  });

  it('what was only allowed in a folder and without links is not opened by one afterwards', () => {
    const inside = mkdtempSync(join(folder, 'inside-'));
    const outside = mkdtempSync(join(folder, 'outside-'));
    mkdirSync(join(inside, 'sub'));
    const [plain, deep] = [join(inside, 'disk'), join(inside, 'sub', 'disk')];
    const [plainSource, deepSource] = [plain, deep].map((path) => {
      writeFileSync(path, pattern(BYTES, 7));
      const { dev, ino } = statSync(path, { bigint: true });
      return openFileSource(path, { expect: { dev, ino, within: inside } });
    });
    openMany();
    renameSync(plain, join(outside, 'disk'));
    symlinkSync(join(outside, 'disk'), plain);
    renameSync(join(inside, 'sub'), join(outside, 'sub'));
    symlinkSync(join(outside, 'sub'), join(inside, 'sub'));
    for (const source of [plainSource, deepSource]) {
      if (source === undefined) continue;
      expect(() => read(source, HEAD, 10)).toThrow(expect.objectContaining({ code: 'changed' }));
      void source.close();
    }
  });

  it('one that was written to meanwhile is read as it is, and was changed', async ({ skip }) => {
    const source = openBytes('written', pattern(BYTES, 8));
    if (statSync(source.name).birthtimeMs === 0)
      skip('the file system does not know when a file was created');
    openMany();
    await setTimeout(30);
    writeFileSync(join(folder, 'written'), pattern(BYTES, 9));
    expect(Buffer.compare(read(source, HEAD, HEAD), pattern(BYTES, 9).subarray(HEAD))).toBe(0);
    expect(source.isUnchanged()).toBe(false);
    void source.close();
  });
});

function openPath(descriptor: string): string | null {
  try {
    return readlinkSync(join('/proc/self/fd', descriptor));
  } catch {
    return null;
  }
}
