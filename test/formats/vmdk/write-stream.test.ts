import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { vmdkWriter } from '../../../src/formats/vmdk/writer.ts';
import { SparseExtentHeader } from '../../../generated/vmdk4.ts';
import { inflate } from '../../../src/node/inflate.ts';
import { openLocalImage } from '../../../src/node/local.ts';
import { readDisk } from '../../../src/ops/disk.ts';
import { describeWriter } from '../../support/describe-writer.ts';
import { randomDisk, sparseDisk } from '../../support/sparse-disk.ts';
import { contextFor, planOf, writeStream } from '../../support/writing.ts';

const VALUES = { subformat: 'streamOptimized' } as const;

describeWriter('streamOptimized', {
  writer: vmdkWriter,
  name: 'disk.vmdk',
  values: VALUES,
  qemu: 'vmdk',
  hasQemuCheck: true,
  isStreamable: true,
});

const CORPUS = process.env['VDCHECK_CORPUS'] ?? resolve(import.meta.dirname, '../../../../shared/corpus');
const GENUINE = join(CORPUS, 'qemu/iotest-version3.vmdk');

if (!existsSync(GENUINE))
  console.warn(`SKIPPED: ${GENUINE} is not there, so no stream is compared with VMware's`);

it.skipIf(!existsSync(GENUINE))('is what VMware writes, byte for byte', async () => {
  const { image } = await openLocalImage(GENUINE);
  try {
    const ids = ['a454774a', 'f56c691c480fc22c0f8b7effd5dbb1b1'].map((hex) => Buffer.from(hex, 'hex'));
    const plan = await vmdkWriter.plan(
      readDisk(image, { inflate }),
      contextFor(
        'generated-stream.vmdk',
        { ...VALUES, hwversion: '8' },
        {
          compress: { level: 1 },
          identity: { time: 0, bytes: () => new Uint8Array(ids.shift() ?? []) },
        },
      ),
    );
    expect(Buffer.compare(await writeStream(plan), readFileSync(GENUINE))).toBe(0);
  } finally {
    await image.close();
  }
});

/** What a stream consists of behind its descriptor: guest sectors of grains, and kinds and lengths of all else. */
function outline(bytes: Uint8Array): readonly string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: string[] = [];
  for (let at = 128 * 512; at < bytes.length;) {
    const [value, size, type] = [
      view.getBigUint64(at, true),
      view.getUint32(at + 8, true),
      view.getUint32(at + 12, true),
    ];
    found.push(size > 0 ? `grain ${value}` : `marker ${type}, ${value} sectors`);
    at += size > 0 ? Math.ceil((12 + size) / 512) * 512 : (1 + Number(value)) * 512;
  }
  return found;
}

const OTHER = join(CORPUS, 'TalAloni__DiskAccessLibrary/StreamOptimized.vmdk');

it.skipIf(!existsSync(OTHER))('has the parts of another stream of VMware in the same order', async () => {
  const { image } = await openLocalImage(OTHER);
  try {
    const disk = readDisk(image, { inflate });
    const stream = await writeStream(await planOf(vmdkWriter, disk, 'disk.vmdk', VALUES));
    const genuine = new Uint8Array(readFileSync(OTHER));
    expect(outline(genuine).length).toBeGreaterThan(5);
    expect(outline(stream)).toEqual(outline(genuine));
    const [ours, theirs] = [stream, genuine].map((bytes) => SparseExtentHeader.from(bytes.subarray(0, 512)));
    expect(ours?.toBytes()).toEqual(theirs?.toBytes());
  } finally {
    await image.close();
  }
});

it('ends with the directory, a footer that repeats the header, and the end of the stream', async () => {
  const plan = await planOf(vmdkWriter, sparseDisk(65 * 2 ** 20, []), 'disk.vmdk', VALUES);
  const bytes = await writeStream(plan);
  // Header, descriptor and zeros; then one sector each of marker, directory, marker, footer and end.
  expect(bytes.length).toBe((128 + 5) * 512);
  const [header, footer] = [0, bytes.length - 1024].map((at) =>
    SparseExtentHeader.from(bytes.subarray(at, at + 512)),
  );
  expect([header?.gdOffset, footer?.gdOffset]).toEqual([0xffff_ffff_ffff_ffffn, 129n]);
  expect(header?.toBytes().subarray(64)).toEqual(footer?.toBytes().subarray(64));
  expect(bytes.subarray(-512)).toEqual(new Uint8Array(512));
});

it('packs harder at a higher level', async () => {
  const disk = randomDisk(4 * 2 ** 20, 40, 11);
  const sizes = await Promise.all(
    [1, 9].map(async (level) => {
      const plan = await planOf(vmdkWriter, disk, 'disk.vmdk', {}, { compress: { level } });
      return (await writeStream(plan)).length;
    }),
  );
  expect(sizes[1]).toBeLessThan(sizes[0] ?? 0);
});

it('has few grains in work at once', async () => {
  let inWork = 0;
  let most = 0;
  const compressor = {
    lanes: 3,
    async compress(_: unknown, bytes: Uint8Array) {
      most = Math.max(most, ++inWork);
      await new Promise((resolve) => setTimeout(resolve, 1));
      inWork--;
      return bytes.subarray(0, 100);
    },
  };
  const disk = randomDisk(4 * 2 ** 20, 100, 12);
  await writeStream(await planOf(vmdkWriter, disk, 'disk.vmdk', VALUES, { compressor }));
  expect(most).toBe(3);
});

it('fails with what packing or reading fails with', async () => {
  const compressor = { lanes: 2, compress: () => Promise.reject(new Error('no memory')) };
  const disk = randomDisk(4 * 2 ** 20, 100, 12);
  await expect(
    planOf(vmdkWriter, disk, 'disk.vmdk', VALUES, { compressor }).then(writeStream),
  ).rejects.toThrow('no memory');
  const broken = {
    ...disk,
    // oxlint-disable-next-line require-yield
    async *chunks(): AsyncGenerator<never> {
      throw new Error('no disk');
    },
  };
  await expect(planOf(vmdkWriter, broken, 'disk.vmdk', VALUES).then(writeStream)).rejects.toThrow('no disk');
});
