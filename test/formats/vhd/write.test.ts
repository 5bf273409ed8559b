import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DynamicHeader, Footer } from '../../../generated/vhd.ts';
import { vhdWriter } from '../../../src/formats/vhd/writer.ts';
import { describeWriter } from '../../support/describe-writer.ts';
import { withFolder } from '../../support/program.ts';
import { randomDisk, sparseDisk } from '../../support/sparse-disk.ts';
import { Random } from '../../support/layouts/index.ts';
import {
  expectClean,
  expectDisk,
  hasPeer,
  hasQemuImg,
  planOf,
  writeFiles,
  writeStream,
} from '../../support/writing.ts';

const MIB = 2 ** 20;
const MOST = 2040 * 2 ** 30;
const BLOCK = 2 * MIB;

const KIND = { writer: vhdWriter, name: 'disk.vhd', qemu: 'vpc', most: MOST } as const;

describeWriter('dynamic VHD', { ...KIND, values: {}, isStreamable: true });
describeWriter('dynamic VHD without gaps', { ...KIND, values: { align: false }, isStreamable: true });
describeWriter('fixed VHD', { ...KIND, values: { subformat: 'fixed' }, isStreamable: true, isFlat: true });

const hasVhdiinfo = hasPeer('vhdiinfo');

describe('sizes', () => {
  const sizes = [
    512,
    1000,
    67 * 512,
    68 * 512,
    5711 * 512,
    100 * MIB,
    3 * 2 ** 30,
    130_558 * MIB,
    2 ** 40,
    MOST,
  ];
  for (const size of sizes)
    it(`every reader finds ${size} bytes`, async () => {
      await withFolder(async (folder) => {
        const disk = sparseDisk(size, []);
        await writeFiles(folder, await planOf(vhdWriter, disk, 'disk.vhd', {}));
        await expectDisk(join(folder, 'disk.vhd'), disk);
        await expectClean(join(folder, 'disk.vhd'));
        const exact = Math.ceil(size / 512) * 512;
        const run = (tool: string, ...args: readonly string[]): string =>
          spawnSync(tool, args, { cwd: folder, encoding: 'utf8' }).stdout;
        if (hasQemuImg) {
          const info = run('qemu-img', 'info', '-f', 'vpc', '--output', 'json', 'disk.vhd');
          expect(JSON.parse(info)).toMatchObject({ 'virtual-size': exact });
        }
        if (hasVhdiinfo)
          expect(run('vhdiinfo', 'disk.vhd')).toMatch(new RegExp(`Media size.*[ (]${exact} bytes`));
      });
    });

  it('grows with force_size=off until the geometry gives the size', async () => {
    const random = new Random(5);
    for (let round = 0; round < 300; round++) {
      const size = Math.ceil(2 ** (9 + random.next() * 28) / 512) * 512;
      const plan = await planOf(vhdWriter, sparseDisk(size, []), 'd.vhd', {
        force_size: false,
        subformat: 'fixed',
      });
      const bytes = (plan.files[0]?.size ?? 0) - 512;
      const footer = await footerOf(plan.parts());
      const { cylinders, heads, sectorsPerTrack } = footer.diskGeometry;
      expect(cylinders * heads * sectorsPerTrack * 512).toBe(bytes);
      expect(footer.currentSize).toBe(BigInt(bytes));
      expect(bytes).toBeGreaterThanOrEqual(size);
      expect(bytes - size).toBeLessThanOrEqual(2 * heads * sectorsPerTrack * 512);
    }
  });
});

async function footerOf(parts: AsyncIterable<{ readonly bytes: Uint8Array }>): Promise<Footer> {
  let last = new Uint8Array(0);
  for await (const { bytes } of parts) last = bytes.slice();
  return Footer.from(last);
}

describe('layout', () => {
  it('aligns the data of blocks to 4 KiB, in files', async () => {
    await withFolder(async (folder) => {
      await writeFiles(folder, await planOf(vhdWriter, randomDisk(64 * MIB, 20, 3), 'disk.vhd', {}));
      const bytes = readFileSync(join(folder, 'disk.vhd'));
      const sectors = tableOf(bytes).filter((sector) => sector !== 0xffffffff);
      expect(sectors.length).toBeGreaterThan(5);
      for (const sector of sectors) expect((sector + 1) % 8).toBe(0);
    });
  });

  it('leaves no gaps in pipes, so that the size follows from the number of blocks', async () => {
    const disk = randomDisk(64 * MIB, 20, 3);
    const stream = await writeStream(await planOf(vhdWriter, disk, 'disk.vhd', {}, { isPipe: true }));
    const sectors = tableOf(Buffer.from(stream)).filter((sector) => sector !== 0xffffffff);
    const tableEnd = 1536 + 512;
    expect(sectors).toEqual(sectors.map((_, index) => tableEnd / 512 + 4097 * index));
    expect(stream.length).toBe(tableEnd + sectors.length * (BLOCK + 512) + 512);
  });

  it('keeps holes out of what is read, whatever the size', async () => {
    const { chunks } = sparseDisk(MOST, [
      { start: MOST - 512, length: 512, bytes: new Uint8Array(512).fill(7) },
    ]);
    let asked = 0;
    const disk = {
      ...sparseDisk(MOST, [{ start: MOST - 512, length: 512, bytes: new Uint8Array(512).fill(7) }]),
      async *chunks() {
        for await (const chunk of chunks()) {
          asked++;
          yield chunk;
        }
      },
    };
    const plan = await planOf(vhdWriter, disk, 'disk.vhd', {}, { isPipe: true });
    expect(plan.files[0]?.size).toBe(1536 + 4 * (MOST / BLOCK) + BLOCK + 512 + 512);
    let written = 0;
    for await (const { bytes } of plan.parts()) written += bytes.length;
    expect(asked).toBe(2);
    expect(written).toBeLessThan(5 * MIB);
  });
});

function tableOf(bytes: Buffer): readonly number[] {
  const { tableOffset, maxTableEntries } = DynamicHeader.from(bytes.subarray(512, 1536));
  return Array.from({ length: maxTableEntries }, (_, index) =>
    bytes.readUInt32BE(Number(tableOffset) + 4 * index),
  );
}

it('refuses what does not fit', async () => {
  const disk = sparseDisk(MIB, []);
  await expect(planOf(vhdWriter, disk, 'd.vhd', {}, { compress: { level: 1 } })).rejects.toThrow('-c');
  await expect(planOf(vhdWriter, disk, 'd.vhd', { subformat: 'fixed', align: true })).rejects.toThrow(
    'align',
  );
  await expect(planOf(vhdWriter, sparseDisk(0, []), 'd.vhd', {})).rejects.toThrow('at least one sector');
});

it('is fixed and of whole MiB for Azure', async () => {
  const disk = randomDisk(5 * MIB + 512, 5, 1);
  const plan = await planOf(vhdWriter, disk, 'd.vhd', {}, { platform: 'azure' });
  expect(plan.files[0]?.size).toBe(6 * MIB + 512);
  expect(await footerOf(plan.parts())).toMatchObject({ currentSize: BigInt(6 * MIB), diskType: 2 });
  for (const values of [{ subformat: 'dynamic' }, { force_size: false }])
    await expect(planOf(vhdWriter, disk, 'd.vhd', values, { platform: 'azure' })).rejects.toThrow('Azure');
});
