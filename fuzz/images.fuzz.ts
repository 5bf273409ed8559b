import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VdcheckError } from '../src/errors.ts';
import { guestOffset } from '../src/model/offsets.ts';
import type { ImageReport } from '../src/model/report.ts';
import { checkImage } from '../src/ops/check.ts';
import type { Loss } from '../src/model/disk.ts';
import type { Image } from '../src/model/image.ts';
import { inflate } from '../src/node/inflate.ts';
import { readDisk } from '../src/ops/disk.ts';
import { openImage } from '../src/ops/open.ts';
import { damageArbitrary, inflict, type Damage } from './damage.ts';
import { seedImages, type SeedImage } from './images.ts';
import { memoryDisk } from './memory-disk.ts';

/**
 * Whatever is done to an image's bytes, checking it ends in problems or a typed error: never in a crash, a hang or a large allocation, and
 * never with a changed byte. `FUZZ_RUNS` sets how many damaged images of each kind are tried, `FUZZ_SEED` from which seed on.
 */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 60);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20260101);
const CORPUS = join(import.meta.dirname, 'corpus');

/** A damaged image that was once answered wrongly. */
interface SavedCase {
  readonly image: string;
  readonly damages: readonly Damage[];
}

/** Bytes that a check of one of these small images may have at hand at a time. */
const MEMORY_LIMIT = 96 * 1024 * 1024;
/** Mappings that are followed of one image; a hostile size would have no end of them. */
const MAPPING_LIMIT = 20_000;
/** Stored bytes of a disk that are read: what a damaged table says may be anything. */
const BYTE_LIMIT = 16 * 1024 * 1024;

async function checkDamaged(seed: SeedImage, damages: readonly Damage[]): Promise<void> {
  const [main = '', ...others] = [...seed.files.keys()];
  const bytes = inflict(seed.files.get(main) ?? new Uint8Array(0), damages);
  const files = new Map([
    [main, bytes],
    ...others.map((name) => [name, seed.files.get(name) ?? bytes] as const),
  ]);
  const digest = digestOf(bytes);
  const before = process.memoryUsage().arrayBuffers;
  for (const format of [undefined, seed.format]) {
    const report = await checkImage(main, {
      ...memoryDisk(files),
      ...(format === undefined ? {} : { format }),
    });
    expectConsistent(report, format);
    await followMappings(main, files, format);
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MEMORY_LIMIT);
  expect(digestOf(bytes)).toBe(digest);
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function expectConsistent(report: ImageReport, format: string | undefined): void {
  const { counts, verdict, error, problems } = report;
  if (error !== null) {
    expect(verdict).toBe('unchecked');
    expect(error.code).toBe('not-an-image');
    expect(format).toBeUndefined();
    return;
  }
  const worst =
    counts.error > 0 ? 'corrupt' : counts.leak > 0 ? 'leak' : counts.warning > 0 ? 'warning' : 'ok';
  expect(verdict).toBe(worst);
  if (report.virtualSize === null) expect(verdict).toBe('corrupt');
  expect(counts.byRule).not.toHaveProperty('file/unreadable');
  const sum = Object.values(counts.byRule).reduce((total, count) => total + count, 0);
  expect(sum).toBe(counts.error + counts.warning + counts.leak + counts.info);
  for (const { message, offset, length, guestOffset: guest } of problems) {
    expect(message).not.toMatch(/undefined|NaN|\[object/);
    for (const figure of [offset, length, guest])
      expect(figure === null || Number.isSafeInteger(figure)).toBe(true);
  }
}

/** The mappings of an opened image cover its disk from the start without a gap. */
async function followMappings(
  main: string,
  files: ReadonlyMap<string, Uint8Array>,
  format: string | undefined,
): Promise<void> {
  const sink = { add: () => undefined };
  try {
    const { image } = await openImage(main, {
      ...memoryDisk(files),
      problems: sink,
      ...(format === undefined ? {} : { format }),
    });
    expect(Number.isSafeInteger(image.size)).toBe(true);
    let position = 0;
    let count = 0;
    for await (const batch of image.mappings({ start: guestOffset(0), length: image.size })) {
      for (const { start, length } of batch) {
        expect(start).toBe(position);
        expect(length).toBeGreaterThan(0);
        position += length;
      }
      if ((count += batch.length) > MAPPING_LIMIT) break;
    }
    if (count <= MAPPING_LIMIT) expect(position).toBe(image.size);
    expect(image.structures().every(({ offset, size }) => Number.isSafeInteger(offset + size))).toBe(true);
    expect(typeof JSON.stringify(image.info())).toBe('string');
    await followBytes(image);
    await image.close();
  } catch (error) {
    if (!(error instanceof VdcheckError)) throw error;
  }
}

/** Chunks cover the disk without a gap; with losses allowed nothing that is damaged ends the reading, and what is lost is told. */
async function followBytes(image: Image): Promise<void> {
  let told = 0;
  const onLoss = ({ start, length }: Loss): void => {
    expect(length).toBeGreaterThan(0);
    expect(start + length).toBeLessThanOrEqual(image.size);
    told++;
  };
  const disk = readDisk(image, { inflate, onLoss });
  let position = 0;
  let data = 0;
  for await (const chunk of disk.chunks()) {
    expect(chunk.start).toBe(position);
    if (chunk.kind === 'data') expect(chunk.bytes.length).toBe(chunk.length);
    position += chunk.length;
    if (chunk.kind === 'data') data += chunk.length;
    if (data > BYTE_LIMIT || told > MAPPING_LIMIT) return;
  }
  expect(position).toBe(image.size);
}

function save(image: string, damages: readonly Damage[]): void {
  const text = JSON.stringify({ image, damages } satisfies SavedCase);
  mkdirSync(CORPUS, { recursive: true });
  writeFileSync(join(CORPUS, `${image}-${digestOf(Buffer.from(text)).slice(0, 12)}.json`), `${text}\n`);
}

describe.each(seedImages)('$name', (seed) => {
  test('is sound as built', async () => {
    const [main = ''] = seed.files.keys();
    const report = await checkImage(main, memoryDisk(seed.files));
    expect(report.problems.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(report.verdict).toBe('ok');
  });

  test('ends in problems or a typed error, whatever is done to it', async () => {
    const length = [...seed.files.values()][0]?.length ?? 0;
    const property = fc.asyncProperty(
      fc.array(damageArbitrary(length), { minLength: 1, maxLength: 4 }),
      (damages) => checkDamaged(seed, damages),
    );
    const details = await fc.check(property, { seed: SEED, numRuns: RUNS, interruptAfterTimeLimit: 50_000 });
    if (!details.failed || details.counterexample === null) return;
    save(seed.name, details.counterexample[0]);
    await checkDamaged(seed, details.counterexample[0]);
  });

  test('cut at every sector of its structures', async () => {
    const length = [...seed.files.values()][0]?.length ?? 0;
    const cuts = Array.from({ length: Math.min(160, Math.ceil(length / 512)) }, (_, sector) => sector * 512);
    for (const cut of cuts) await checkDamaged(seed, [{ kind: 'cut', length: cut }]);
  });
});

describe('saved cases', () => {
  const names = readdirSync(CORPUS).filter((name) => name.endsWith('.json'));
  test.each(names)('%s', async (name) => {
    const { image, damages } = JSON.parse(readFileSync(join(CORPUS, name), 'utf8')) as SavedCase;
    const seed = seedImages.find((candidate) => candidate.name === image);
    if (seed === undefined) throw new Error(`no seed image ${image}`);
    await checkDamaged(seed, damages);
  });
  test('the folder is there', () => expect(Array.isArray(names)).toBe(true));
});
