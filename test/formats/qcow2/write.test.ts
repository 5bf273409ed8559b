import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { qcow2Writer } from '../../../src/formats/qcow2/write/writer.ts';
import type { OptionValues, WriteContext } from '../../../src/model/writer.ts';
import { describeWriter } from '../../support/describe-writer.ts';
import { Random } from '../../support/layouts/index.ts';
import { withFolder } from '../../support/program.ts';
import { randomDisk, sparseDisk } from '../../support/sparse-disk.ts';
import {
  contextFor,
  expectClean,
  expectDisk,
  expectQemuClean,
  expectQemuReads,
  hasQemuImg,
  planOf,
  readFiles,
  writeFiles,
  writeStream,
} from '../../support/writing.ts';

const GIB = 2 ** 30;

const KINDS: readonly (readonly [string, OptionValues, Partial<WriteContext>?, number?])[] = [
  ['qcow2', {}],
  ['qcow2, small clusters', { cluster_size: 512 }, {}, 128 * GIB],
  ['qcow2, compressed', {}, { compress: { level: 1 } }],
];

for (const [title, values, context = {}, most = Infinity] of KINDS)
  describeWriter(title, {
    writer: qcow2Writer,
    name: 'disk.qcow2',
    values,
    context,
    most,
    qemu: 'qcow2',
    hasQemuCheck: true,
    isStreamable: true,
  });

describeWriter('qcow2 with a data file', {
  writer: qcow2Writer,
  name: 'disk.qcow2',
  values: { data_file: 'disk.data' },
  qemu: 'qcow2',
  hasQemuCheck: true,
  isStreamable: false,
});

describe('qcow2 with every combination of options', () => {
  it('stores any disk, to a file and to a pipe in as many bytes', { timeout: 120_000 }, async () => {
    for (let seed = 1; seed <= 40; seed++)
      await withFolder(async (folder) => {
        const random = new Random(seed);
        const { values, context } = randomOptions(random);
        const disk = randomDisk(random.int(1, 20_000) * 512, random.int(0, 25), seed, 2 ** random.int(9, 21));
        const about = `seed ${seed}: ${JSON.stringify({ values, context })}`;
        const plan = await planOf(qcow2Writer, disk, 'disk.qcow2', values, context);
        await writeFiles(folder, plan);
        await expectDisk(join(folder, 'disk.qcow2'), disk).catch((error: unknown) => {
          throw new Error(about, { cause: error });
        });
        await expectClean(join(folder, 'disk.qcow2'));
        if (hasQemuImg) {
          await expectQemuReads(folder, 'disk.qcow2', 'qcow2', disk);
          expectQemuClean(folder, 'disk.qcow2', 'qcow2');
        }
        if (plan.files.length > 1) return;
        const stream = await writeStream(
          await planOf(qcow2Writer, disk, 'disk.qcow2', values, { ...context, isPipe: true }),
        );
        expect(stream.length, about).toBe(readFiles(folder, plan)[0]?.length);
      });
  });

  it('reads no disk to know the size of an image that has a place for everything', async () => {
    const disk = { ...randomDisk(GIB, 10, 1), chunks: () => expect.fail('it was read') };
    for (const context of [{ sparse: 0 }, {}]) {
      const values = context.sparse === 0 ? {} : { preallocation: 'metadata' };
      const plan = await planOf(qcow2Writer, disk, 'x', values, { ...context, isPipe: true });
      expect(plan.files[0]?.size).toBe(plan.fullSize);
    }
  });

  it('says that the source changed between two passes', async () => {
    let passes = 0;
    const before = randomDisk(4 * 2 ** 20, 20, 1);
    const after = randomDisk(4 * 2 ** 20, 20, 2);
    const disk = {
      ...before,
      chunks: (range?: Parameters<typeof before.chunks>[0]) =>
        (passes++ === 0 ? before : after).chunks(range),
    };
    const plan = await planOf(qcow2Writer, disk, 'x', {}, { isPipe: true });
    await expect(writeStream(plan)).rejects.toThrow(/source changed/);
  });
});

function randomOptions(random: Random): {
  readonly values: OptionValues;
  readonly context: Partial<WriteContext>;
} {
  const isOld = random.chance(0.15);
  const clusterSize = 2 ** random.int(9, 21);
  const isExtended = !isOld && clusterSize >= 16_384 && random.chance(0.4);
  const values: OptionValues = {
    cluster_size: clusterSize,
    extended_l2: isExtended,
    ...(isOld
      ? { compat: 'v2' }
      : {
          refcount_bits: 2 ** random.int(0, 6),
          lazy_refcounts: random.chance(0.3),
          compression_type: random.pick(['zlib', 'zstd']),
        }),
  };
  const sparse = random.pick([0, 512, 4096, 65_536, 1_048_576]);
  const kind = random.pick(['plain', 'plain', 'packed', 'packed', 'preallocated', 'data-file'] as const);
  if (kind === 'packed') return { values, context: { sparse, compress: { level: random.int(1, 9) } } };
  if (kind === 'preallocated')
    return {
      values: { ...values, preallocation: random.pick(['metadata', 'falloc', 'full']) },
      context: { sparse },
    };
  if (kind === 'data-file' && !isOld)
    return {
      values: { ...values, data_file: 'disk.data', data_file_raw: random.chance(0.5) },
      context: { sparse },
    };
  return { values, context: { sparse } };
}

describe('qcow2 options', () => {
  const disk = sparseDisk(2 ** 20, []);
  it.each<readonly [OptionValues, Partial<WriteContext>, RegExp]>([
    [{ cluster_size: 1000 }, {}, /cluster_size is a power of two from 512 to 2M, not 1000/],
    [{ cluster_size: 256 }, {}, /cluster_size/],
    [{ cluster_size: 4_194_304 }, {}, /cluster_size/],
    [{ refcount_bits: 3 }, {}, /refcount_bits is 1, 2, 4/],
    [{ refcount_bits: 128 }, {}, /refcount_bits/],
    [{ refcount_bits: 0 }, {}, /refcount_bits/],
    [{ compat: 'v2', refcount_bits: 8 }, {}, /refcount_bits=8 needs version 3/],
    [{ compat: '0.10', lazy_refcounts: true }, {}, /lazy_refcounts=on needs version 3/],
    [{ compat: 'v2', extended_l2: true }, {}, /extended_l2=on needs version 3/],
    [{ compat: 'v2', compression_type: 'zstd' }, {}, /compression_type=zstd needs version 3/],
    [{ compat: 'v2', data_file: 'd' }, {}, /data_file needs version 3/],
    [{ extended_l2: true, cluster_size: 8192 }, {}, /extended_l2=on needs cluster_size=16k/],
    [{ data_file_raw: true }, {}, /data_file_raw=on needs data_file/],
    [{ data_file: 'a/b' }, {}, /without a folder/],
    [{ data_file: 'd' }, { compress: { level: 1 } }, /-c and data_file/],
    [{}, { compress: { level: 10 } }, /--level of zlib goes from 1 to 9/],
    [{ compression_type: 'zstd' }, { compress: { level: 23 } }, /--level of zstd goes from 1 to 22/],
    [{ preallocation: 'full' }, { compress: { level: 1 } }, /-c and preallocation/],
    [
      { cluster_size: 512 },
      { backing: { name: 'x'.repeat(600), format: null, image: null, disk } },
      /too small for the names/,
    ],
    [{}, { backing: { name: 'x'.repeat(1024), format: null, image: null, disk } }, /1023 are the most/],
  ])('%j are refused (%#)', async (values, context, message) => {
    await expect(qcow2Writer.plan(disk, contextFor('x', values, context))).rejects.toThrow(message);
  });

  it.skipIf(!hasQemuImg)('have the names that qemu-img has', () => {
    const help = execFileSync('qemu-img', ['create', '-f', 'qcow2', '-o', 'help'], { encoding: 'utf8' });
    const names = [...help.matchAll(/^ {2}([\w.-]+)=/gm)].map(([, name]) => name ?? '');
    const known = ['nocow', ...Object.keys(qcow2Writer.options), ...Object.keys(qcow2Writer.refused ?? {})];
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });
});
