import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkMemory, type MemoryFiles } from '../support/open.ts';
import { withFolder } from '../support/program.ts';
import { buildQcow2, EXTENSION } from '../support/qcow2.ts';
import { buildVdi } from '../support/vdi.ts';
import { buildVhd, utf16, uuid } from '../support/vhd.ts';
import { buildCowd, buildHosted, buildSeSparse, buildStream, descriptorFile } from '../support/vmdk.ts';

const demands = { untrusted: true };
const text = (words: string): Uint8Array => new TextEncoder().encode(words);

/** Names that a stranger may give. */
const NAMES: readonly string[] = [
  '/etc/passwd',
  '/dev/sda',
  '../secret.raw',
  'a/../../secret.raw',
  '..\\secret.raw',
  'C:\\secret.raw',
  '\\\\host\\share\\secret.raw',
  'file:///etc/passwd',
  'json:{"driver":"file","filename":"/etc/passwd"}',
  'nbd://host/export',
  'http://169.254.169.254/latest/meta-data',
  'fat:rw:/etc',
  'plain.raw',
  'a\u0007b.raw',
  'a\u202eb.raw',
];

/** Every place where an image can name a file. */
const CARRIERS: Readonly<Record<string, (name: string) => MemoryFiles>> = {
  'the backing file of a qcow2': (name) => ({ x: buildQcow2({ backing: name, backingFormat: 'raw' }).bytes }),
  'the backing file of a qcow2 without its format': (name) => ({ x: buildQcow2({ backing: name }).bytes }),
  'the data file of a qcow2': (name) => ({ x: buildQcow2({ dataFile: name }).bytes }),
  'a data file that the features do not mention': (name) => ({
    x: buildQcow2({ extensions: [{ type: EXTENSION.dataFile, data: text(name) }] }).bytes,
  }),
  'the extent of a descriptor': (name) => ({
    x: descriptorFile({ extents: [`RW 64 FLAT "${quoted(name)}" 0`] }),
  }),
  'the second extent of a descriptor': (name) => ({
    x: descriptorFile({ extents: ['RW 64 FLAT "a.raw" 0', `RDONLY 64 FLAT "${quoted(name)}" 0`] }),
    'a.raw': new Uint8Array(64 * 512),
  }),
  'the flat extent of an embedded descriptor': (name) => ({
    x: buildHosted({ name: 'x', descriptor: { extents: [`RW 131072 FLAT "${quoted(name)}" 0`] } }).bytes,
  }),
  'a second extent of an embedded descriptor': (name) => ({
    x: buildHosted({
      name: 'x',
      descriptor: { extents: ['RW 131072 SPARSE "x"', `RW 64 FLAT "${quoted(name)}" 0`] },
    }).bytes,
  }),
  'the parent of a VMDK': (name) => ({
    x: buildHosted({ name: 'x', descriptor: { parentCid: '11111111', hint: quoted(name) } }).bytes,
  }),
  'a parent of a VMDK that it says it does not have': (name) => ({
    x: buildHosted({ name: 'x', descriptor: { hint: quoted(name) } }).bytes,
  }),
  'a parent under another spelling': (name) => ({
    x: buildHosted({ name: 'x', descriptor: { more: [`PARENTFILENAMEHINT="${quoted(name)}"`] } }).bytes,
  }),
  'a parent in a comment, which QEMU reads': (name) => ({
    x: buildHosted({ name: 'x', descriptor: { more: [`# parentFileNameHint="${quoted(name)}"`] } }).bytes,
  }),
  'a parent in a value, which QEMU reads': (name) => ({
    x: buildHosted({ name: 'x', descriptor: { ddb: [`ddb.comment = parentFileNameHint="${quoted(name)}"`] } })
      .bytes,
  }),
  'the change tracking of a VMDK': (name) => ({
    x: buildHosted({ name: 'x', descriptor: { more: [`changeTrackPath="${quoted(name)}"`] } }).bytes,
  }),
  'the parent of a VHD': (name) => ({
    x: buildVhd({ type: 'differencing', parent: { uniqueId: uuid(1), name } }).bytes,
  }),
  'the locator of a VHD': (name) => ({
    x: buildVhd({
      type: 'differencing',
      parent: { uniqueId: uuid(1), locators: [{ code: 'W2ru', data: utf16(name, 'le') }] },
    }).bytes,
  }),
};

/** A quote would end a name in a descriptor. */
function quoted(name: string): string {
  return name.replaceAll('"', "'");
}

describe.each(Object.entries(CARRIERS))('%s', (_, carry) => {
  it.each(NAMES)('is refused where it is %j', async (name) => {
    const { verdict, counts } = await checkMemory(carry(name), { demands });
    expect(verdict).toBe('corrupt');
    expect(Object.keys(counts.byRule).some((rule) => rule.startsWith('policy/'))).toBe(true);
  });
});

const put = (bytes: Uint8Array, at: number, words: Uint8Array): Uint8Array => {
  const copy = bytes.slice();
  copy.set(words, at < 0 ? copy.length + at : at);
  return copy;
};

describe('an image that names nothing', () => {
  it.each<[what: string, files: () => MemoryFiles, format?: string]>([
    [
      'a raw device mapping',
      () => ({ x: descriptorFile({ createType: 'vmfsRDM', extents: ['RW 64 VMFSRDM "a-rdm.vmdk"'] }) }),
    ],
    ['a whole device', () => ({ x: descriptorFile({ createType: 'fullDevice', extents: ['RW 64 ZERO'] }) })],
    ['a descriptor without extents', () => ({ x: descriptorFile({ extents: [] }) })],
    ['only zeros in a descriptor', () => ({ x: descriptorFile({ extents: ['RW 64 ZERO'] }) })],
    ['an extent of a set', () => ({ 'x-s001.vmdk': buildHosted({ descriptor: null }).bytes })],
    ['a COWD extent', () => ({ x: buildCowd().bytes })],
    ['a seSparse extent', () => ({ x: buildSeSparse().bytes })],
    [
      'an unknown type of VMDK',
      () => ({ x: buildHosted({ name: 'x', descriptor: { createType: 'evil' } }).bytes }),
    ],
    [
      'a line that nobody understands',
      () => ({ x: buildHosted({ name: 'x', descriptor: { more: ['RW 64 "a'] } }).bytes }),
    ],
    [
      'text behind the end of the descriptor',
      () => {
        const built = buildHosted({ name: 'x' });
        return { x: built.put(built.at.descriptor + 2000, 'RW 64 FLAT "/etc/passwd" 0\n').bytes };
      },
    ],
    ['a VDI with a parent', () => ({ x: buildVdi({ type: 'differencing' }).bytes })],
    ['an undo VDI', () => ({ x: buildVdi({ type: 'undo' }).bytes })],
    ['an unknown incompatible feature', () => ({ x: buildQcow2().header('incompatible', 1n << 40n).bytes })],
    ['a data file without a name', () => ({ x: buildQcow2().header('incompatible', 4).bytes })],
    [
      'a position of a backing file and no name',
      () => ({ x: buildQcow2().header('backingOffset', 512).bytes }),
    ],
    ['a boot record in a qcow2', () => ({ x: put(buildQcow2().bytes, 510, Uint8Array.of(0x55, 0xaa)) })],
    [
      'a partition table in a VMDK',
      () => ({ x: put(buildHosted({ name: 'x' }).bytes, 4096, text('EFI PART')) }),
    ],
    [
      'a CD in a qcow2',
      () => ({
        x: put(
          buildQcow2({ clusters: { 0: 'data', 1: 'data', 2: 'data', 3: 'data' } }).bytes,
          32769,
          text('CD001'),
        ),
      }),
    ],
    [
      'a VHD footer behind a VMDK',
      () => ({ x: put(buildHosted({ name: 'x' }).bytes, -512, text('conectix')) }),
    ],
    [
      'the header of a qcow2 in a fixed VHD',
      () => ({ x: put(buildVhd({ type: 'fixed' }).bytes, 0, Uint8Array.of(0x51, 0x46, 0x49, 0xfb)) }),
    ],
    [
      'the header of a VMDK in a fixed VHD',
      () => ({ x: put(buildVhd({ type: 'fixed' }).bytes, 0, text('KDMV')) }),
      'vhd',
    ],
    [
      'the header of a qcow2 in a raw disk',
      () => ({ x: buildQcow2({ backing: '/etc/passwd' }).bytes }),
      'raw',
    ],
    [
      'a descriptor in a raw disk',
      () => ({ x: put(new Uint8Array(65536), 0, text('# Disk DescriptorFile\nversion=1\n')) }),
      'raw',
    ],
    ['a VHDX in a raw disk', () => ({ x: put(new Uint8Array(65536), 0, text('vhdxfile')) }), 'raw'],
    [
      'a LUKS header in a raw disk',
      () => ({ x: put(new Uint8Array(65536), 0, Uint8Array.of(0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe)) }),
      'raw',
    ],
    ['a VHD footer in a raw disk', () => ({ x: put(new Uint8Array(65536), -512, text('conectix')) }), 'raw'],
    [
      'data behind a fixed VHD',
      () => ({
        x: buildVhd({ type: 'fixed' }).damage((e) => e.insert(4096, new Uint8Array(4096).fill(7))).bytes,
      }),
    ],
    ['a disk of 65 TiB', () => ({ x: buildQcow2({ clusterBits: 21, size: 65 * 2 ** 40 }).bytes })],
    ['a disk beyond all measure', () => ({ x: buildQcow2().header('size', 2n ** 62n).bytes })],
    ['tables beyond all measure', () => ({ x: buildQcow2().header('l1Size', 0x1000_0000).bytes })],
  ])('but has %s is refused', async (_, files, format) => {
    const { verdict } = await checkMemory(files(), { demands, ...(format === undefined ? {} : { format }) });
    expect(verdict).toBe('corrupt');
  });
});

describe('a sound image', () => {
  it.each<[what: string, files: () => MemoryFiles, format?: string]>([
    ['qcow2', () => ({ x: buildQcow2({ clusters: { 0: 'data', 1: 'zero', 2: 'compressed' } }).bytes })],
    ['qcow2 of version 2', () => ({ x: buildQcow2({ version: 2, clusters: { 0: 'data' } }).bytes })],
    ['qcow2 with extended entries', () => ({ x: buildQcow2({ clusterBits: 16, extendedL2: true }).bytes })],
    ['qcow2 with snapshots', () => ({ x: buildQcow2({ snapshots: [{ id: '1', clusters: [0] }] }).bytes })],
    ['qcow2 with bitmaps', () => ({ x: buildQcow2({ bitmaps: [{ name: 'b' }] }).bytes })],
    ['qcow2 with LUKS', () => ({ x: buildQcow2({ luks: true }).bytes })],
    ['monolithicSparse VMDK', () => ({ x: buildHosted({ name: 'x' }).bytes })],
    ['VMDK under another name', () => ({ x: buildHosted({ name: 'generated-stream.vmdk' }).bytes })],
    ['streamOptimized VMDK', () => ({ x: buildStream({ name: 'x' }).bytes })],
    [
      'stream with its directory in front',
      () => ({ x: buildStream({ name: 'x', directory: 'front' }).bytes }),
    ],
    ['dynamic VHD', () => ({ x: buildVhd({ blocks: [[0], [1]] }).bytes })],
    ['fixed VHD', () => ({ x: buildVhd({ type: 'fixed' }).bytes })],
    [
      'fixed VHD with a boot record',
      () => ({ x: put(buildVhd({ type: 'fixed' }).bytes, 510, Uint8Array.of(0x55, 0xaa)) }),
    ],
    ['dynamic VDI', () => ({ x: buildVdi({ blocks: [0, 1] }).bytes })],
    ['static VDI', () => ({ x: buildVdi({ type: 'static' }).bytes })],
    ['raw disk', () => ({ x: put(new Uint8Array(65536), 510, Uint8Array.of(0x55, 0xaa)) }), 'raw'],
    ['raw CD', () => ({ x: put(new Uint8Array(65536), 32769, text('CD001')) }), 'raw'],
  ])('of a stranger passes: %s', async (_, files, format) => {
    const { verdict, problems, error } = await checkMemory(files(), {
      demands,
      ...(format === undefined ? {} : { format }),
    });
    expect({ verdict, error, worse: problems.filter(({ severity }) => severity !== 'info') }).toEqual({
      verdict: 'ok',
      error: null,
      worse: [],
    });
  });

  const qemu = spawnSync('qemu-img', ['--version']).error === undefined;
  const MADE: readonly (readonly [format: string, options: string])[] = [
    ['qcow2', 'compat=1.1'],
    ['qcow2', 'compat=0.10'],
    ['qcow2', 'cluster_size=512'],
    ['qcow2', 'cluster_size=2M'],
    ['qcow2', 'extended_l2=on,cluster_size=64k'],
    ['qcow2', 'lazy_refcounts=on'],
    ['qcow2', 'refcount_bits=1'],
    ['qcow2', 'refcount_bits=64'],
    ['qcow2', 'compression_type=zstd'],
    ['qcow2', 'preallocation=metadata'],
    ['vmdk', 'subformat=monolithicSparse'],
    ['vmdk', 'subformat=monolithicSparse,adapter_type=lsilogic,compat6=on'],
    ['vmdk', 'subformat=monolithicSparse,zeroed_grain=on'],
    ['vmdk', 'subformat=streamOptimized'],
    ['vpc', 'subformat=dynamic'],
    ['vpc', 'subformat=dynamic,force_size=on'],
    ['vpc', 'subformat=fixed'],
    ['vpc', 'subformat=fixed,force_size=on'],
    ['vdi', 'static=off'],
    ['vdi', 'static=on'],
  ];
  it.skipIf(!qemu).each(MADE)('of qemu-img passes: %s, %s', (format, options) =>
    withFolder(async (folder) => {
      const path = join(folder, 'disk.img');
      for (const size of ['1M', '100M']) {
        const { status, stderr } = spawnSync('qemu-img', [
          'create',
          '-q',
          '-f',
          format,
          '-o',
          options,
          path,
          size,
        ]);
        expect({ status, stderr: String(stderr) }).toEqual({ status: 0, stderr: '' });
        const { verdict, problems } = await checkMemory({ 'disk.img': readFileSync(path) }, { demands });
        expect({ verdict, worse: problems.filter(({ severity }) => severity !== 'info') }).toEqual({
          verdict: 'ok',
          worse: [],
        });
      }
    }),
  );
});
