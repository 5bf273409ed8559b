import { describe, expect, test } from 'vitest';
import { probe } from '../../../src/formats/vmdk/probe.ts';
import { checkMemory, type MemoryFiles } from '../../support/open.ts';
import {
  COWD,
  HOSTED,
  SESPARSE,
  buildCowd,
  buildHosted,
  buildSeSparse,
  buildStream,
  descriptorFile,
} from '../../support/vmdk.ts';
import { flat, hosted, stream } from './cases.ts';

const SECTOR = 512;

async function verdictOf(files: MemoryFiles, format?: string): Promise<string> {
  const report = await checkMemory(files, format === undefined ? {} : { format });
  for (const { message } of report.problems) expect(message).not.toMatch(/undefined|NaN|\[object/);
  return report.verdict;
}

const VARIANTS = {
  'monolithic sparse': { bytes: buildHosted().bytes, metadata: buildHosted().at.grains },
  stream: { bytes: buildStream().bytes, metadata: buildStream().bytes.length },
  'stream with its directory in front': {
    bytes: buildStream({ directory: 'front' }).bytes,
    metadata: buildStream().at.grains + SECTOR,
  },
  COWD: { bytes: buildCowd().bytes, metadata: buildCowd().at.grains },
  seSparse: { bytes: buildSeSparse().bytes, metadata: 64 * SECTOR },
} as const;

describe('cut at every 512-byte boundary of the metadata', () => {
  test.each(Object.entries(VARIANTS))('%s', async (_, { bytes, metadata }) => {
    for (let length = SECTOR; length < metadata; length += SECTOR)
      expect(await verdictOf({ 'disk.vmdk': bytes.slice(0, length) }), `${length} bytes`).toBe('corrupt');
  });
});

describe('headers of one byte throughout', () => {
  test.each(Object.entries(VARIANTS))('%s', async (_, { bytes }) => {
    for (const fill of [0xff, 0x00, 0x80]) {
      const changed = bytes.slice().fill(fill, 0, SECTOR);
      expect(await verdictOf({ 'disk.vmdk': changed }, 'vmdk')).toBe('corrupt');
      const behindMagic = bytes.slice().fill(fill, 8, SECTOR);
      expect(await verdictOf({ 'disk.vmdk': behindMagic })).toBe('corrupt');
    }
  });
});

describe('extreme values', () => {
  const FIELDS_64 = [
    'capacity',
    'grainSize',
    'descriptorOffset',
    'descriptorSize',
    'rgdOffset',
    'gdOffset',
    'overhead',
  ] as const;
  const VALUES = [
    2n ** 63n,
    2n ** 64n - 1n,
    2n ** 53n - 1n,
    2n ** 53n,
    2n ** 53n + 1n,
    2n ** 32n,
    2n ** 31n,
    1n,
  ];

  test.each(FIELDS_64)('%s of a hosted sparse header', async (field) => {
    for (const value of VALUES) {
      const report = await checkMemory(hosted((f) => f.u64(HOSTED[field], value)));
      expect(['corrupt', 'warning', 'ok', 'leak']).toContain(report.verdict);
      // All ones as rgd_offset stand for a directory at the end, as gd_offset for one that the footer names.
      const isMeant = field === 'rgdOffset' && value === 2n ** 64n - 1n;
      if (value > 2n ** 54n && !isMeant) expect(report.verdict).toBe('corrupt');
    }
  });

  test('the value that was found is told exactly', async () => {
    for (const value of [2n ** 53n + 1n, 2n ** 64n - 1n, 2n ** 63n + 1n]) {
      const report = await checkMemory(hosted((f) => f.u64(HOSTED.capacity, value)));
      const found = report.problems.find(({ rule }) => rule === 'vmdk4/capacity-overflow');
      expect(found?.actual).toBe(String(value));
    }
  });

  test('a marker above 2^53 is told exactly', async () => {
    const report = await checkMemory(stream((f) => f.u64(f.at.grains, 2n ** 64n - 3n)));
    const found = report.problems.find(({ rule }) => rule === 'vmdk4/grain-lba-mismatch');
    expect(found?.actual).toBe(String(2n ** 64n - 3n));
  });

  test('32-bit fields of a COWD header', async () => {
    for (const field of ['numSectors', 'grainSize', 'gdOffset', 'numGdEntries', 'freeSector'] as const)
      for (const value of [0, 1, 0x7fffffff, 0x80000000, 0xffffffff]) {
        const file = buildCowd().u32(COWD[field], value);
        expect(['corrupt', 'warning', 'ok', 'leak']).toContain(await verdictOf({ 'disk.vmdk': file.bytes }));
      }
  });

  test('64-bit fields of a seSparse header', async () => {
    for (let offset = 0; offset < SESPARSE.pad; offset += 8)
      for (const value of [2n ** 63n, 2n ** 64n - 1n, 2n ** 53n + 1n]) {
        const file = buildSeSparse().u64(offset, value);
        const report = await checkMemory({ 'disk.vmdk': file.bytes }, { format: 'vmdk' });
        expect(report.error).toBeNull();
      }
  });

  test('a directory whose entries all lead to one table is walked once', async () => {
    const file = buildHosted({ capacity: 2 ** 26, grains: [0] });
    for (let index = 0; index < 1024; index++) file.u32(file.at.gd + 4 * index, file.at.gt / SECTOR);
    const report = await checkMemory({ 'disk.vmdk': file.bytes });
    expect(report.counts.byRule['vmdk4/gde-duplicate']).toBe(1023);
    expect(report.counts.byRule['vmdk4/gte-duplicate']).toBeUndefined();
    expect(report.allocation?.data).toBe(1);
  });
});

describe('descriptors that lead to themselves', () => {
  test('as parent', async () => {
    const files = hosted(undefined, { descriptor: { parentCid: '12345678', hint: 'disk.vmdk' } });
    const report = await checkMemory(files);
    expect(Object.keys(report.counts.byRule)).toContain('vmdk/parent-cycle');
  });

  test.each(['FLAT "disk.vmdk" 0', 'SPARSE "disk.vmdk"', 'VMFS "disk.vmdk"'])(
    'as extent %s',
    async (extent) => {
      const report = await checkMemory(flat({ extents: [`RW 100 ${extent}`] }));
      expect(report.verdict).toBe('corrupt');
      expect(Object.keys(report.counts.byRule)).toContain('vmdk/extent-self-reference');
    },
  );

  test('a chain of two', async () => {
    const link = (hint: string) => ({ parentCid: '12345678', hint });
    const report = await checkMemory({
      'a.vmdk': buildHosted({ name: 'a.vmdk', descriptor: link('b.vmdk') }).bytes,
      'b.vmdk': buildHosted({ name: 'b.vmdk', descriptor: link('a.vmdk') }).bytes,
    });
    expect(Object.keys(report.counts.byRule)).toContain('vmdk/parent-cycle');
  });
});

describe('one file in many lines', () => {
  const COUNT = 15_000;

  test('a flat one takes time in the order of the lines', { timeout: 10_000 }, async () => {
    const extents = Array.from({ length: COUNT }, (_, index) => `RW 1 FLAT "disk-flat.vmdk" ${2 * index}`);
    const { counts } = await checkMemory({
      ...flat({ extents }),
      'disk-flat.vmdk': new Uint8Array(2 * COUNT * SECTOR),
    });
    expect(counts.byRule['vmdk/extent-flat-long']).toBe(1);
    expect(counts.byRule['vmdk/extent-overlap']).toBeUndefined();
  });

  test.each([
    ['SPARSE', buildHosted().u32(HOSTED.version, 9).bytes, 'vmdk4/version-unsupported'],
    ['VMFSSPARSE', buildCowd().u32(COWD.version, 9).bytes, 'vmdk3/version'],
    ['SESPARSE', buildSeSparse().u64(SESPARSE.version, 9n).bytes, 'sesparse/version'],
  ] as const)('one of type %s is read and judged once', { timeout: 10_000 }, async (type, bytes, rule) => {
    const extents = Array.from({ length: COUNT }, () => `RW 4096 ${type} "disk-s001.vmdk"`);
    const { counts } = await checkMemory({
      'disk.vmdk': descriptorFile({ extents }),
      'disk-s001.vmdk': bytes,
    });
    expect(counts.byRule[rule], Object.keys(counts.byRule).join(', ')).toBe(1);
  });
});

describe('raw devices', () => {
  test.each(['VMFSRDM', 'VMFSRAW', 'VSANSPARSE'])('%s is not opened, which is no damage', async (type) => {
    const report = await checkMemory(
      flat({ createType: 'vmfsRDM', extents: [`RW 4032 ${type} "x-rdm.vmdk"`] }),
      { strict: true },
    );
    expect(report.error).toBeNull();
    expect(report.counts.error).toBe(0);
    const found = report.problems.find(({ rule }) => rule === 'vmdk/extent-not-opened');
    expect(found?.severity).toBe('info');
    expect(found?.message).toContain('was not opened');
    expect(found?.message).toContain(type);
  });
});

describe('recognition', () => {
  const recognise = (bytes: Uint8Array) =>
    probe({
      head: bytes.subarray(0, 4096),
      tail: bytes.subarray(Math.max(0, bytes.length - 2048)),
      size: bytes.length,
    });
  const text = (lines: string) => recognise(new TextEncoder().encode(lines));

  test('by magic', () => {
    for (const { bytes } of Object.values(VARIANTS)) expect(recognise(bytes)).toBe('magic');
  });

  test('by descriptor text', () => {
    expect(text('# Disk DescriptorFile\n')).toBe('magic');
    expect(text('#Disk Descriptor File\r\nCID=1')).toBe('magic');
    expect(text('# a comment\n\nversion=1\nCID=1\n')).toBe('magic');
    expect(text('# a lock file\n\nversion = 3\n\n[[package]]\n')).toBeNull();
    expect(text('\ufeff# Disk DescriptorFile\n')).toBe('magic');
    expect(text('encoding="UTF-8"\ncreateType="vmfs"\n')).toBe('trace');
    expect(text('# a script\necho version=1\n')).toBeNull();
    expect(text('')).toBeNull();
  });

  test('by what is left of a damaged one', () => {
    expect(recognise(buildHosted().put(0, '\0\0\0\0').bytes)).toBe('trace');
    expect(recognise(buildStream().put(0, '\0\0\0\0').bytes)).toBe('end');
    expect(recognise(buildCowd().put(0, '\0\0\0\0').bytes)).toBe('trace');
    expect(recognise(buildSeSparse().put(0, '\0\0\0\0').bytes)).toBe('trace');
    expect(text('# Disk D\0\0\0=1\nCID=12345678\nparentCID=ffffffff\n')).toBe('trace');
    expect(recognise(buildHosted().put(0, new Uint8Array(530)).bytes)).toBe('trace');
    expect(text('CID=12345678\n')).toBeNull();
    expect(recognise(new Uint8Array(4096))).toBeNull();
  });
});
