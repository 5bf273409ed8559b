import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SparseExtentHeader } from '../../../generated/vmdk4.ts';
import { vmdkWriter } from '../../../src/formats/vmdk/writer.ts';
import type { OptionValues, WriteContext } from '../../../src/model/writer.ts';
import { withFolder } from '../../support/program.ts';
import { randomDisk, sparseDisk } from '../../support/sparse-disk.ts';
import { expectClean, hasPeer, planOf, writeFiles, writeStream } from '../../support/writing.ts';

const GIB = 2 ** 30;
const hasVmdkinfo = hasPeer('vmdkinfo');

/** Lines of the descriptor of a disk of `size` bytes. */
async function descriptorOf(
  values: OptionValues,
  size = 64 * 2 ** 20,
  more: Partial<WriteContext> = {},
): Promise<readonly string[]> {
  return withFolder(async (folder) => {
    const plan = await planOf(vmdkWriter, sparseDisk(size, []), 'disk.vmdk', values, more);
    await writeFiles(folder, plan);
    const bytes = readFileSync(join(folder, 'disk.vmdk'));
    const start = bytes.subarray(0, 4).toString() === 'KDMV' ? 512 : 0;
    const text = bytes.subarray(start).toString('utf8');
    const end = text.indexOf('\0');
    return (end < 0 ? text : text.slice(0, end)).split('\n').map((line) => line.trim());
  });
}

describe('descriptor', () => {
  it('says what the options say', async () => {
    const lines = await descriptorOf({
      adapter_type: 'buslogic',
      hwversion: '13',
      toolsversion: '2147483647',
    });
    expect(lines).toEqual(
      expect.arrayContaining([
        'createType="monolithicSparse"',
        'encoding="UTF-8"',
        'RW 131072 SPARSE "disk.vmdk"',
        'ddb.adapterType = "buslogic"',
        'ddb.toolsInstallType = "4"',
        'ddb.toolsVersion = "2147483647"',
        'ddb.virtualHWVersion = "13"',
      ]),
    );
    expect(await descriptorOf({ compat6: true })).toContain('ddb.virtualHWVersion = "6"');
    expect((await descriptorOf({ toolsversion: '10' })).join()).not.toContain('InstallType');
  });

  it('is for SCSI where ESX is meant', async () => {
    expect(await descriptorOf({})).toContain('ddb.adapterType = "ide"');
    for (const subformat of ['streamOptimized', 'vmfs', 'vmfsSparse'])
      expect(await descriptorOf({ subformat })).toContain('ddb.adapterType = "lsilogic"');
  });

  it.each([
    ['ide', GIB, 2080, 16, 63],
    ['ide', 512, 1, 16, 63],
    ['ide', 2000 * GIB, 16_383, 16, 63],
    ['lsilogic', GIB, 1024, 64, 32],
    ['lsilogic', 2 * GIB, 1024, 128, 32],
    ['lsilogic', 16 * GIB, 2088, 255, 63],
  ])('has the geometry of %s disks of %d bytes', async (adapter_type, size, cylinders, heads, sectors) => {
    const lines = await descriptorOf({ adapter_type, subformat: 'monolithicFlat' }, size);
    const found = lines
      .filter((line) => line.startsWith('ddb.geometry'))
      .map((line) => /\d+/.exec(line)?.[0]);
    expect(found.map(Number)).toEqual([cylinders, heads, sectors]);
  });

  it('lists extents of 2047 MiB', async () => {
    const lines = await descriptorOf({ subformat: 'twoGbMaxExtentFlat' }, 5 * GIB);
    expect(lines.filter((line) => line.startsWith('RW'))).toEqual([
      'RW 4192256 FLAT "disk-f001.vmdk" 0',
      'RW 4192256 FLAT "disk-f002.vmdk" 0',
      'RW 2101248 FLAT "disk-f003.vmdk" 0',
    ]);
  });

  it('never has an id that means something else', async () => {
    const identity = { time: 0, bytes: (length: number) => new Uint8Array(length).fill(0xff) };
    expect(await descriptorOf({}, 512, { identity })).toContain('CID=7fffffff');
  });

  it('is a stream without a name in a pipe', async () => {
    const plan = await planOf(
      vmdkWriter,
      sparseDisk(512, []),
      '-',
      { subformat: 'streamOptimized' },
      { isPipe: true },
    );
    expect(Buffer.from(await writeStream(plan)).toString('latin1')).toContain(
      'SPARSE "generated-stream.vmdk"',
    );
  });
});

it('writes the version and flag of zeroed grains', async () => {
  const header = async (values: OptionValues): Promise<SparseExtentHeader> => {
    const plan = await planOf(vmdkWriter, sparseDisk(512, []), 'd.vmdk', values, { isPipe: true });
    return SparseExtentHeader.from((await writeStream(plan)).subarray(0, 512));
  };
  expect([await header({}), await header({ zeroed_grain: true })]).toMatchObject([
    { version: 1, flags: { zeroedGrain: false } },
    { version: 2, flags: { zeroedGrain: true } },
  ]);
});

describe('refuses', () => {
  const compress = { level: undefined };
  it.each<[string, OptionValues, Partial<WriteContext>, string]>([
    ['to compress what is no stream', { subformat: 'monolithicFlat' }, { compress }, 'streamOptimized'],
    ['two versions of the hardware', { compat6: true, hwversion: '4' }, {}, 'leave one out'],
    ['a version that is no word', { hwversion: '4"' }, {}, 'hwversion'],
    [
      'zeroed grains in a stream',
      { zeroed_grain: true, subformat: 'streamOptimized' },
      {},
      'monolithicSparse',
    ],
    ['seSparse without consent', { subformat: 'seSparse' }, {}, '--experimental'],
    ['seSparse for ESX', { subformat: 'seSparse' }, { experimental: true, platform: 'esx' }, 'vmfsSparse'],
    ['a parent that nobody opened', { backing_file: 'p.vmdk' }, {}, '-B'],
    ['names that cannot be quoted', {}, { name: 'a"b.vmdk' }, 'quotes'],
    [
      'parents of streams',
      { subformat: 'streamOptimized' },
      { backing: { name: 'p.vmdk', format: null, image: null, disk: null } },
      'monolithicSparse',
    ],
  ])('%s', async (_, values, more, message) => {
    await expect(planOf(vmdkWriter, sparseDisk(512, []), 'd.vmdk', values, more)).rejects.toThrow(message);
  });

  it('a disk without a sector', async () => {
    await expect(planOf(vmdkWriter, sparseDisk(0, []), 'd.vmdk', {})).rejects.toThrow('at least one sector');
  });
});

it('-c means a stream', async () => {
  const plan = await planOf(vmdkWriter, sparseDisk(512, []), 'd.vmdk', {}, { compress: { level: 9 } });
  expect(SparseExtentHeader.from((await writeStream(plan)).subarray(0, 512)).flags.compressed).toBe(true);
});

it
  .runIf(hasVmdkinfo)
  .each(['monolithicSparse', 'monolithicFlat', 'twoGbMaxExtentSparse', 'streamOptimized', 'vmfs'])(
  'libvmdk reads %s',
  async (subformat) => {
    await withFolder(async (folder) => {
      const disk = randomDisk(64 * 2 ** 20, 20, 3);
      await writeFiles(folder, await planOf(vmdkWriter, disk, 'disk.vmdk', { subformat }));
      await expectClean(join(folder, 'disk.vmdk'));
      const { stdout, status } = spawnSync('vmdkinfo', ['disk.vmdk'], { cwd: folder, encoding: 'utf8' });
      expect(status).toBe(0);
      expect(stdout).toMatch(/Media size.*67108864 bytes/);
    });
  },
);
