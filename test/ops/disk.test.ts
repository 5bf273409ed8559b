import { describe, expect, it } from 'vitest';
import { SourceError, UnreadableImageError } from '../../src/errors.ts';
import { memorySource } from '../../src/io/memory-source.ts';
import type { Source } from '../../src/io/source.ts';
import type { Disk, Loss } from '../../src/model/disk.ts';
import type { Image } from '../../src/model/image.ts';
import { guestOffset } from '../../src/model/offsets.ts';
import { inflate } from '../../src/node/inflate.ts';
import { ProblemCollector } from '../../src/ops/collector.ts';
import { readDisk } from '../../src/ops/disk.ts';
import { openImage } from '../../src/ops/open.ts';
import { Random, randomChain, type BuiltLayer } from '../support/layouts/index.ts';
import { asynchronous, failing } from '../support/sources.ts';

/** Opens a built chain over sources that `wrap` makes of those in memory. */
async function open(
  built: BuiltLayer,
  wrap: (source: Source) => Source = (source) => source,
): Promise<Image> {
  const sources = new Map<string, Source>();
  const sourceOf = (path: string): Source => {
    const bytes = built.files[path];
    if (bytes === undefined) throw new SourceError('ENOENT', `${path}: no such file`, { source: path });
    const source = sources.get(path) ?? wrap(memorySource(bytes, path));
    sources.set(path, source);
    return source;
  };
  const { image } = await openImage(built.name, {
    problems: new ProblemCollector(1),
    format: built.format,
    openSource: sourceOf,
    policy: ({ name, candidates }) => {
      const path = (candidates ?? [name])
        .map((tried) => tried.replace(/^\.\//, ''))
        .find((tried) => tried in built.files);
      return path === undefined
        ? { state: 'missing', path: name, source: null, reason: `${name} was not found` }
        : { state: 'opened', path, source: sourceOf(path), reason: null };
    },
  });
  return image;
}

async function readAll(disk: Disk): Promise<Uint8Array> {
  const bytes = new Uint8Array(disk.size);
  let at = 0;
  for await (const chunk of disk.chunks()) {
    expect(chunk.start).toBe(at);
    if (chunk.kind === 'data') {
      expect(chunk.bytes.length).toBe(chunk.length);
      bytes.set(chunk.bytes, at);
    }
    at += chunk.length;
  }
  expect(at).toBe(disk.size);
  return bytes;
}

/** Reads ranges of any place and length. */
async function readRandomly(disk: Disk, guest: Uint8Array, random: Random): Promise<void> {
  for (let round = 0; round < 20; round++) {
    const length = Math.min(disk.size, random.pick([1, 511, 512, 4097, 70_000, 300_000]));
    const at = random.int(0, disk.size - length);
    const into = new Uint8Array(length).fill(0xee);
    const read = disk.read(guestOffset(at), into);
    if (read !== undefined) await read;
    if (Buffer.compare(into, guest.subarray(at, at + length)) !== 0)
      expect.fail(`${length} bytes at ${at} are not those of the guest`);
  }
}

const SEEDS = Array.from({ length: 80 }, (_, seed) => seed + 1);

describe('random layouts of all formats, up to four layers', () => {
  it.each([
    ['synchronous', (source: Source) => source],
    ['asynchronous', asynchronous],
  ] as const)('are read as a plain buffer over %s sources', async (_, wrap) => {
    for (const seed of SEEDS) {
      const built = randomChain(seed, 4);
      const image = await open(built, wrap);
      expect(image.size, `seed ${seed}`).toBe(built.guest.length);
      const disk = readDisk(image, { inflate });
      const whole = await readAll(disk);
      if (Buffer.compare(whole, built.guest) !== 0)
        expect.fail(
          `seed ${seed} (${built.name}): byte ${whole.findIndex((byte, at) => byte !== built.guest[at])} differs`,
        );
      await readRandomly(disk, built.guest, new Random(seed));
      await image.close();
    }
  });

  it('gives right bytes or an error where one read fails, and never the wrong ones', async () => {
    for (const seed of SEEDS.slice(0, 30)) {
      const built = randomChain(seed, 3);
      for (const isAsync of [false, true])
        for (let at = 1; at < 40; at += new Random(seed + at).int(1, 7)) {
          try {
            const image = await open(built, (source) => failing(source, { at, async: isAsync }));
            const whole = await readAll(readDisk(image, { inflate }));
            if (image.size === built.guest.length && image.files[0]?.path === built.name)
              expect(Buffer.compare(whole, built.guest), `seed ${seed}, read ${at}`).toBe(0);
          } catch (error) {
            if (!(error instanceof SourceError || error instanceof UnreadableImageError)) throw error;
          }
        }
    }
  });

  it('lists what is lost where that is allowed, and all else is right', async () => {
    for (const seed of SEEDS.slice(0, 40)) {
      const built = randomChain(seed, 3);
      const image = await open(built, (source) => failing(source, { at: 12, async: seed % 2 === 0 })).catch(
        () => null,
      );
      if (image === null || image.size !== built.guest.length) continue;
      const losses: Loss[] = [];
      const whole = await readAll(readDisk(image, { inflate, onLoss: (loss) => losses.push(loss) }));
      const expected = built.guest.slice();
      for (const { start, length } of losses) {
        expected.fill(0, start, start + length);
        expect(whole.subarray(start, start + length).every((byte) => byte === 0)).toBe(true);
      }
      expect(Buffer.compare(whole, expected), `seed ${seed}`).toBe(0);
    }
  });
});
