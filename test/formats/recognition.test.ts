import { describe, expect, test } from 'vitest';
import { buildTar } from '../support/tar.ts';
import { checkMemory } from '../support/open.ts';
import { buildQcow2 } from '../support/qcow2.ts';
import { buildVhd } from '../support/vhd.ts';
import { buildHosted, buildStream, descriptorFile } from '../support/vmdk.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const bytes = (content: string): Uint8Array => Uint8Array.from(content, (letter) => letter.charCodeAt(0));

/** `mark` at `at` in a file of 64 KiB that is no image. */
function marked(mark: string, at = 0): Uint8Array {
  const file = new Uint8Array(65_536).fill(0xa5);
  file.set(bytes(mark), at);
  return file;
}

/** The same with what ends like a stream: a reader that looks at the end only takes it for one. */
function endingLikeStream(beginning: Uint8Array): Uint8Array {
  const stream = buildStream().bytes;
  const file = new Uint8Array(beginning.length + stream.length);
  file.set(beginning);
  file.set(stream, beginning.length);
  return file;
}

const README = `A page about disks

This is what a descriptor looks like:

# Disk DescriptorFile
version=1
CID=fffffffe
parentCID=ffffffff
createType="monolithicFlat"

The extent is in a line of its own, like this one:

RW 4192256 FLAT "disk-flat.vmdk" 0

All of this is only text, and nothing here is a disk.
`;

const KINDS: Readonly<Record<string, readonly [file: Uint8Array, says: RegExp]>> = {
  VHDX: [marked('vhdxfile'), /VHDX/],
  gzip: [marked('\x1f\x8b\x08'), /gzip/],
  bzip2: [marked('BZh91AY&SY'), /bzip2/],
  xz: [marked('\xfd7zXZ\0'), /xz/],
  zstd: [marked('\x28\xb5\x2f\xfd'), /Zstandard/],
  '7z': [marked("7z\xbc\xaf'\x1c"), /7z/],
  zip: [marked('PK\x03\x04'), /zip/],
  QED: [marked('QED\0'), /QED/],
  Parallels: [marked('WithoutFreeSpace'), /Parallels/],
  LUKS: [marked('LUKS\xba\xbe'), /LUKS/],
  ISO: [marked('CD001', 32_769), /ISO 9660/],
  'a change tracking file': [marked('\xa2\x72\x19\xf6'), /changed block tracking/],
  'a tar': [buildTar([{ name: 'vm/disk.vmdk', bytes: descriptorFile() }]), /\btar\b/],
  'a zip that ends with a stream': [endingLikeStream(marked('PK\x03\x04')), /zip/],
  'a README that quotes a descriptor': [text(README), /text file/],
  'a lock file that begins with a version': [
    text('# made by a tool\nversion = 3\n\n[[package]]\nname = "a"\n'),
    /text file/,
  ],
  'a source text that ends with a cookie': [
    text(`${'x = 1;\n'.repeat(200)}const cookie = 'conectix';\n`),
    /text file/,
  ],
  'a configuration': [
    text('.encoding = "UTF-8"\nconfig.version = "8"\nscsi0:0.fileName = "a.vmdk"\n'),
    /\.vmx/,
  ],
};

describe('another kind of file is named, and not taken for a damaged image', () => {
  test.each(Object.entries(KINDS))('%s', async (_, [file, says]) => {
    const report = await checkMemory({ file });
    expect(report.verdict).toBe('unchecked');
    expect(report.error?.code).toBe('not-an-image');
    expect(report.error?.message).toMatch(says);
    expect(report.error?.message).not.toContain('-f raw');
  });

  test.each(['vmdk', 'vhd', 'qcow2', 'vdi'])('also where it is said to be %s', async (format) => {
    const report = await checkMemory({ file: marked('PK\x03\x04') }, { format });
    expect(report.error?.code).toBe('not-an-image');
    expect(report.error?.message).toContain('zip');
  });
});

test('a volume whose last file is a stream is no stream', async () => {
  const report = await checkMemory({ 'volume.img': endingLikeStream(marked('x')) });
  expect(report.verdict).toBe('unchecked');
  expect(report.error?.message).toContain('-f raw');
});

test('a fixed VHD is one whatever its guest wrote first', async () => {
  for (const [file] of Object.values(KINDS)) {
    const disk = buildVhd({ type: 'fixed', size: 1 << 20 }).bytes.slice();
    disk.set(file.subarray(0, 4096));
    expect((await checkMemory({ 'disk.vhd': disk })).format).toBe('vhd');
  }
});

describe('what is left of a damaged image is still told', () => {
  test.each([
    ['a hosted extent', buildHosted().bytes, 'vmdk'],
    ['a stream', buildStream().bytes, 'vmdk'],
    ['a qcow2', buildQcow2({ clusters: { 0: 'data' } }).bytes, 'qcow2'],
  ] as const)('%s without its magic', async (_, built, format) => {
    const file = built.slice();
    file.fill(0, 0, 4);
    const report = await checkMemory({ file });
    expect(report.format).toBe(format);
    expect(report.verdict).toBe('corrupt');
  });
});

describe('a file of sectors', () => {
  const name = 'disk-flat.vmdk';
  test('is told by the descriptor beside it', async () => {
    const files = {
      [name]: marked('x'),
      'disk.vmdk': descriptorFile({ extents: [`RW 128 FLAT "${name}" 0`] }),
    };
    const report = await checkMemory(files);
    expect(report.error?.code).toBe('extent-data');
    expect(report.error?.message).toContain('disk.vmdk');
  });

  test('without a descriptor is nothing that is known', async () => {
    expect((await checkMemory({ [name]: marked('x') })).error?.code).toBe('not-an-image');
    const other = {
      [name]: marked('x'),
      'disk.vmdk': descriptorFile({ extents: ['RW 128 FLAT "b.vmdk" 0'] }),
    };
    expect((await checkMemory(other)).error?.code).toBe('not-an-image');
  });
});

test('a parent of a kind that is not read is not opened, and no damage', async () => {
  const plan = { clusters: { 0: 'data' }, backing: 'base' } as const;
  const base = marked('vhdxfile');
  for (const files of [
    { 'a.qcow2': buildQcow2({ ...plan, backingFormat: 'vhdx' }).bytes, base },
    { 'a.qcow2': buildQcow2(plan).bytes, base },
  ]) {
    const report = await checkMemory(files);
    expect(report.counts.error, JSON.stringify(report.problems)).toBe(0);
    expect(Object.keys(report.counts.byRule)).toContain('qcow2/backing-not-opened');
  }
});
