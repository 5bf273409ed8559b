import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VdcheckError } from '../../../src/errors.ts';
import type { FileOffset, Source } from '../../../src/io/source.ts';
import { memorySource } from '../../../src/io/memory-source.ts';
import type { ImageReport } from '../../../src/model/report.ts';
import { checkImage } from '../../../src/ops/check.ts';
import { checkMemory, mapAll, openMemory } from '../../support/open.ts';
import { buildVhd, sumVhd, utf16, uuid, type BuiltVhd, type VhdPlan } from '../../support/vhd.ts';

const MIB = 1024 * 1024;
const SMALL: VhdPlan = { size: 16 * 4096, blockSize: 4096, blocks: [[5], [0], [2]] };
const BLKTAP_CHILD: VhdPlan = {
  ...SMALL,
  type: 'differencing',
  creator: 'tap',
  creatorVersion: 0x10003,
  batmap: true,
  uniqueId: uuid(2),
  parent: { uniqueId: uuid(1), locators: [{ code: 'W2ku', data: utf16('./parent.vhd', 'le') }] },
};

const PARENT = buildVhd({ ...SMALL, uniqueId: uuid(1) }).bytes;

const check = ({ bytes }: Pick<BuiltVhd, 'bytes'>): Promise<ImageReport> =>
  checkMemory({ 'disk.vhd': bytes, 'parent.vhd': PARENT });

/** Swallows an error that is one of ours. */
function typedError(error: unknown): null {
  if (error instanceof VdcheckError) return null;
  throw error;
}

const errorsOf = ({ problems }: ImageReport): readonly string[] =>
  [...new Set(problems.filter(({ severity }) => severity === 'error').map(({ rule }) => rule))].sort();

describe('one damaged byte is one finding', () => {
  const built = buildVhd(SMALL);
  const areas = [
    { name: 'footer copy', from: 0, to: 512, rules: ['vhd/footer-copy-missing', 'vhd/footer-copy-checksum'] },
    { name: 'dynamic header', from: 512, to: 1536, rules: ['vhd/header-cookie', 'vhd/header-checksum'] },
    {
      name: 'footer',
      from: built.at.footer,
      to: built.at.footer + 512,
      rules: ['vhd/footer-missing', 'vhd/footer-checksum'],
    },
  ];
  test.each(areas)('anywhere in the $name', async ({ from, to, rules: [first = '', other = ''] }) => {
    for (let offset = from; offset < to; offset++) {
      const report = await check(built.damage((e) => e.flip(offset, 0x5a)));
      const expected = offset < from + 8 ? first : other;
      expect({ offset, errors: errorsOf(report) }).toEqual({ offset, errors: [expected] });
      expect({ offset, warnings: report.counts.warning }).toEqual({ offset, warnings: 0 });
    }
  });

  test('anywhere in the footer of a fixed disk', async () => {
    const fixed = buildVhd({ type: 'fixed', size: 65536 });
    for (let offset = fixed.at.footer; offset < fixed.at.footer + 512; offset++) {
      const report = await check(fixed.damage((e) => e.flip(offset, 0x5a)));
      const expected = offset < fixed.at.footer + 8 ? 'vhd/footer-missing' : 'vhd/footer-checksum';
      expect({ offset, errors: errorsOf(report) }).toEqual({ offset, errors: [expected] });
    }
  });
});

describe('whatever is cut off or overwritten', () => {
  test.each([
    ['dynamic', buildVhd(SMALL)],
    ['blktap, differencing', buildVhd(BLKTAP_CHILD)],
  ])('%s: cut at every sector of the metadata and every block', async (_, built) => {
    const ends = [...built.at.blocks.values(), built.at.footer];
    const firstBlock = Math.min(...ends);
    const cuts = Array.from({ length: firstBlock / 512 - 1 }, (__, index) => (index + 1) * 512).concat(ends);
    for (const length of cuts) {
      const report = await check(built.damage((e) => e.cut(length)));
      expect({ length, verdict: report.verdict }).toEqual({ length, verdict: 'corrupt' });
    }
  });

  test.each([0x00, 0xff])('every sector of metadata filled with %i ends in problems', async (fill) => {
    const built = buildVhd(BLKTAP_CHILD);
    for (let offset = 0; offset < Math.min(...built.at.blocks.values()); offset += 512) {
      const report = await check(built.damage((e) => e.set(offset, new Uint8Array(512).fill(fill))));
      expect(['ok', 'warning', 'leak', 'corrupt']).toContain(report.verdict);
    }
  });

  test('all structures of all ones, with right checksums', async () => {
    const ones = 0xffff_ffff_ffff_ffffn;
    const built = buildVhd(SMALL).damage((e) => {
      for (const field of [
        'dataOffset',
        'tableOffset',
        'maxTableEntries',
        'blockSize',
        'parentTimeStamp',
      ] as const)
        e.header(field, ones);
    });
    expect(errorsOf(await check(built))).toEqual(['vhd/block-size-invalid', 'vhd/table-offset-invalid']);
    const footer = buildVhd(SMALL).damage((e) => e.footer('currentSize', ones).footer('originalSize', ones));
    const report = await check(footer);
    expect(errorsOf(report)).toEqual(['vhd/current-size-limit']);
    expect(report.problems[0]?.message).toContain('18446744073709551615');
  });

  test('sizes around 2^53 are exact', async () => {
    for (const size of [2n ** 53n - 512n, 2n ** 53n, 2n ** 63n]) {
      const report = await check(buildVhd(SMALL).damage((e) => e.footer('currentSize', size)));
      const found = report.problems.find(({ rule }) => rule === 'vhd/current-size-limit');
      expect(BigInt(found?.actual ?? 0)).toBe(size);
    }
  });

  test.each([
    [0xffff_ffff, 'vhd/bat-out-of-file'],
    [2000, 'vhd/max-entries-excess'],
  ])('a table of %i entries is not taken for one', async (entries, rule) => {
    const built = buildVhd(SMALL).damage((e) => e.header('maxTableEntries', entries));
    expect(errorsOf(await check(built))).toEqual([rule]);
  });

  test('locators with lengths of 4 GiB are not read', async () => {
    const built = buildVhd(BLKTAP_CHILD).damage((e) =>
      e.locator(0, 'length', 0xffff_fffe).locator(0, 'space', 0xffff_fe00),
    );
    expect(errorsOf(await check(built))).toEqual(['vhd/locator-bounds']);
  });

  test('a batmap of 2 TiB is not read', async () => {
    const built = buildVhd(BLKTAP_CHILD);
    const report = await check(built.damage((e) => e.set(built.at.batmap + 16, [0xff, 0xff, 0xff, 0xff])));
    expect(errorsOf(report)).toEqual(['vhd/batmap-header']);
  });

  test('any few bytes of metadata set to anything, with right checksums, end in problems', async () => {
    const built = buildVhd(BLKTAP_CHILD);
    const metadata = Math.min(...built.at.blocks.values());
    const edit = fc.record({
      offset: fc.oneof(
        fc.nat(metadata - 1),
        fc.nat(511).map((at) => built.at.footer + at),
      ),
      bytes: fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 8 }),
        fc.constantFrom([0], [0xff], [0, 0, 0, 0], [0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff]),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
        const damaged = built.damage((e) => {
          for (const { offset, bytes } of edits) e.set(Math.min(offset, e.bytes.length - 8), bytes);
          e.endFooter('checksum', sumVhd(e.bytes.subarray(-512), 64)).copy(
            'checksum',
            sumVhd(e.bytes.subarray(0, 512), 64),
          );
          e.header('checksum', sumVhd(e.bytes.subarray(512, 1536), 36));
        });
        const report = await check(damaged);
        expect(report.error?.code ?? 'not-an-image').toBe('not-an-image');
        const image = await openMemory({ 'disk.vhd': damaged.bytes, 'parent.vhd': PARENT }).catch(typedError);
        if (image !== null) await mapAll(image, 0, 65536).catch(typedError);
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 300), seed: 1 },
    );
  });

  test('no byte of the image is changed', async () => {
    const { bytes } = buildVhd(BLKTAP_CHILD);
    const before = bytes.slice();
    await check({ bytes });
    expect(bytes).toEqual(before);
  });
});

describe('large tables', () => {
  const size = 255 * 1024 * MIB;
  const entries = size / (2 * MIB);

  /** A file of which only metadata exist: everything else reads as ones, like full bitmaps. */
  function sparse(bat: Uint32Array, fileSize: number): Source {
    const built = buildVhd({ size, geometry: [65535, 16, 255], creator: 'win ' });
    const head = built.bytes.slice(0, built.at.footer);
    const view = new DataView(head.buffer);
    bat.forEach((sector, index) => view.setUint32(1536 + 4 * index, sector));
    const footer = built.bytes.subarray(built.at.footer);
    const base = memorySource(new Uint8Array(0), 'disk.vhd');
    const readByte = (at: number) =>
      at < head.length ? (head[at] ?? 0) : at >= fileSize - 512 ? (footer[at - fileSize + 512] ?? 0) : 0xff;
    const read = (offset: FileOffset, length: number) =>
      offset + length <= head.length
        ? head.slice(offset, offset + length)
        : Uint8Array.from({ length }, (_, index) => readByte(offset + index));
    return { ...base, size: fileSize, read };
  }

  const first = (1536 + entries * 4) / 512;

  test('a full one is counted', async () => {
    const bat = Uint32Array.from({ length: entries }, (_, index) => first + index * 4097);
    const source = sparse(bat, (first + entries * 4097) * 512 + 512);
    const report = await checkImage('disk.vhd', { openSource: () => source });
    expect(report.counts.error).toBe(0);
    expect(report.allocation).toEqual({
      unit: 2 * MIB,
      total: entries,
      data: entries,
      zero: 0,
      compressed: 0,
    });
  });

  test('one with 130 560 equal entries is counted exactly and listed in part', async () => {
    const source = sparse(new Uint32Array(entries).fill(first), (first + 4097) * 512 + 512);
    const report = await checkImage('disk.vhd', { openSource: () => source, maxProblems: 5 });
    expect(report.counts.byRule['vhd/bat-entry-duplicate']).toBe(entries - 1);
    expect(report.problems.filter(({ rule }) => rule === 'vhd/bat-entry-duplicate')).toHaveLength(5);
  });

  test('one with as many entries behind the end of the file, too', async () => {
    const source = sparse(new Uint32Array(entries).fill(0xffff_fff0), first * 512 + 512);
    const report = await checkImage('disk.vhd', { openSource: () => source });
    expect(report.counts.byRule['vhd/bat-entry-out-of-file']).toBe(entries);
  });
});
