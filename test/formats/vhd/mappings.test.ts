import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memorySource } from '../../../src/io/memory-source.ts';
import type { Source } from '../../../src/io/source.ts';
import type { Mapping } from '../../../src/model/image.ts';
import { openImage } from '../../../src/ops/open.ts';
import { describeMapping, mapAll, openMemory } from '../../support/open.ts';
import { buildVhd, uuid, type VhdPlan } from '../../support/vhd.ts';

const MIB = 1024 * 1024;

async function mapPlan(plan: VhdPlan, start?: number, length?: number): Promise<readonly string[]> {
  const image = await openMemory({ 'disk.vhd': buildVhd(plan).bytes }, { chain: false });
  return (await mapAll(image, start, length)).map(describeMapping);
}

describe('mappings', () => {
  test('of a fixed disk are one run that ends in front of the footer', async () => {
    expect(await mapPlan({ type: 'fixed', size: MIB })).toEqual([`data 0+${MIB} @0`]);
    expect(await mapPlan({ type: 'fixed', size: MIB }, 1000, 10 * MIB)).toEqual([
      `data 1000+${MIB - 1000} @1000`,
    ]);
  });

  test('of a dynamic disk: zeros where nothing is stored, joined across blocks', async () => {
    expect(await mapPlan({ size: 10 * MIB, blocks: [[3], [1]] })).toEqual([
      `zero 0+${2 * MIB}`,
      `data ${2 * MIB}+${2 * MIB} @${2048 + 512 + 2 * MIB + 512}`,
      `zero ${4 * MIB}+${2 * MIB}`,
      `data ${6 * MIB}+${2 * MIB} @2560`,
      `zero ${8 * MIB}+${2 * MIB}`,
    ]);
  });

  test('of a dynamic disk: sectors that were never written are zeros', async () => {
    const runs = await mapPlan({
      size: 4096,
      blockSize: 4096,
      blocks: [
        [
          0,
          [
            [1, 3],
            [7, 8],
          ],
        ],
      ],
    });
    expect(runs).toEqual(['zero 0+512', 'data 512+1024 @3072', 'zero 1536+2048', 'data 3584+512 @6144']);
  });

  test("of a differencing disk: they are the parent's", async () => {
    const runs = await mapPlan({
      type: 'differencing',
      parent: { uniqueId: uuid(1) },
      size: 8192,
      blockSize: 4096,
      blocks: [[1, [[0, 2]]]],
    });
    expect(runs).toEqual(['unallocated 0+4096', 'data 4096+1024 @2560', 'unallocated 5120+3072']);
  });

  test('of blktap 0.1: bits count from the lowest of each byte', async () => {
    const built = buildVhd({
      size: 4096,
      blockSize: 4096,
      blocks: [[0, []]],
      creator: 'tap',
      creatorVersion: 1,
    });
    const image = await openMemory({ 'disk.vhd': built.damage((e) => e.set(2048, [0x01])).bytes });
    expect((await mapAll(image)).map(describeMapping)).toEqual(['data 0+512 @2560', 'zero 512+3584']);
  });

  test('end with the disk, inside the last block', async () => {
    expect(await mapPlan({ size: 3 * MIB, blocks: [[1]] }, 2 * MIB + 100, 99 * MIB)).toEqual([
      `data ${2 * MIB + 100}+${MIB - 100} @${2560 + 100}`,
    ]);
    expect(await mapPlan({ size: 3 * MIB }, 3 * MIB, 1)).toEqual([]);
  });

  test('stop with a typed error where the table does', async () => {
    const built = buildVhd({ size: 8 * MIB }).damage((e) => e.header('maxTableEntries', 2));
    const image = await openMemory({ 'disk.vhd': built.bytes });
    expect((await mapAll(image)).at(-1)?.kind).toBe('unreadable');
    expect((await mapAll(image, 0, 4 * MIB)).map(describeMapping)).toEqual([`zero 0+${4 * MIB}`]);
  });

  test('agree with a plain sector model for any range of any disk', async () => {
    const bitmap = fc.array(fc.boolean(), { minLength: 8, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(bitmap), { minLength: 1, maxLength: 6 }),
        fc.nat(6 * 4096),
        fc.nat(6 * 4096),
        async (blocks, start, length) => {
          const image = await openMemory({ 'disk.vhd': buildModel(blocks) }, { chain: false });
          const runs = await mapAll(image, start, length);
          expect(expand(runs)).toEqual(model(blocks, start, Math.min(start + length, image.size)));
        },
      ),
      { numRuns: 200, seed: 1 },
    );
  });
});

type Blocks = readonly (readonly boolean[] | null)[];

function buildModel(blocks: Blocks): Uint8Array {
  const plan = blocks.flatMap((sectors, index) =>
    sectors === null
      ? []
      : [[index, sectors.flatMap((isSet, at) => (isSet ? [[at, at + 1] as const] : []))] as const],
  );
  return buildVhd({ size: blocks.length * 4096, blockSize: 4096, blocks: plan }).bytes;
}

/** Where each guest byte from `start` to `end - 1` lies; `null` for zeros. Blocks lie in order behind the table. */
function model(blocks: Blocks, start: number, end: number): readonly (number | null)[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, at) => {
    const guest = start + at;
    const index = Math.floor(guest / 4096);
    if (blocks[index]?.[Math.floor((guest % 4096) / 512)] !== true) return null;
    const before = blocks.slice(0, index).filter((block) => block !== null).length;
    return 2048 + before * (512 + 4096) + 512 + (guest % 4096);
  });
}

function expand(runs: readonly Mapping[]): readonly (number | null)[] {
  return runs.flatMap((run) =>
    Array.from({ length: run.length }, (_, at) => (run.kind === 'data' ? run.at.offset + at : null)),
  );
}

const hasQemu = spawnSync('qemu-img', ['--version']).status === 0;
if (!hasQemu && process.env['REQUIRE_PEERS'] === '1') throw new Error('qemu-img is not installed');
if (!hasQemu) console.warn('SKIPPED: qemu-img is not installed; VHD maps are not compared');

describe.skipIf(!hasQemu)('qemu-img map gives the same runs', () => {
  const plans: Readonly<Record<string, VhdPlan>> = {
    fixed: { type: 'fixed', size: MIB },
    empty: {},
    'out of order': { size: 20 * MIB, blocks: [[9], [0], [1], [5]] },
    'small blocks': { size: 128 * 1024, blockSize: 8192, blocks: [[3], [4], [0]], alignment: 4096 },
    'partial last block': { size: 3 * MIB, blocks: [[1], [0]] },
  };
  test.each(Object.entries(plans))('%s', async (_, plan) => {
    const folder = mkdtempSync(join(tmpdir(), 'vhd-map-'));
    try {
      const { bytes } = buildVhd(plan);
      const path = join(folder, 'disk.vhd');
      writeFileSync(path, bytes);
      const { stdout } = spawnSync('qemu-img', ['map', '-f', 'vpc', '--output=json', path], {
        encoding: 'utf8',
      });
      const runs = JSON.parse(stdout) as readonly {
        start: number;
        length: number;
        data: boolean;
        offset?: number;
      }[];
      const theirs = runs.map(({ start, length, data, offset }) =>
        data ? `data ${start}+${length} @${offset}` : `zero ${start}+${length}`,
      );
      expect(await mapPlan(plan)).toEqual(theirs);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('bitmaps far away', () => {
  test('are fetched many at a time, and map as they do from a file', async () => {
    const blocks = Array.from(
      { length: 60 },
      (_, index) => [59 - index, index % 3 === 0 ? ('full' as const) : ([[index % 8, 8]] as const)] as const,
    );
    const { bytes } = buildVhd({ size: 70 * 4096, blockSize: 4096, blocks });
    const near = memorySource(bytes, 'image.vhd');
    let inFlight = 0;
    let most = 0;
    const far: Source = {
      ...near,
      cost: { unit: 65_536, gap: 0, lanes: 4 },
      read: async (offset, length, into) => {
        most = Math.max(most, ++inFlight);
        await new Promise((resolve) => setImmediate(resolve));
        inFlight--;
        return near.read(offset, length, into);
      },
    };
    const mapped = async (source: Source): Promise<readonly string[]> => {
      const { image } = await openImage('image.vhd', { openSource: () => source });
      return (await mapAll(image)).map(describeMapping);
    };
    expect(await mapped(far)).toEqual(await mapped(near));
    expect(most).toBe(4);
  });
});
