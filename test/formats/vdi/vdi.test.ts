import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VdcheckError } from '../../../src/errors.ts';
import { probe } from '../../../src/formats/vdi/probe.ts';
import { checkMemory, describeMapping, mapAll, openMemory } from '../../support/open.ts';
import { buildVdi, FREE, vdiUuid, type VdiEditor, type VdiPlan } from '../../support/vdi.ts';

const BLOCK = 4096;
const SMALL: VdiPlan = { blockSize: BLOCK, size: 8 * BLOCK, blocks: [5, 0, 6] };
const DATA = 1024;

const check = (plan: VdiPlan, change: (editor: VdiEditor) => unknown = () => undefined) =>
  checkMemory({ 'disk.vdi': buildVdi(plan).damage(change).bytes });

async function mapPlan(
  plan: VdiPlan,
  change: (editor: VdiEditor) => unknown = () => undefined,
  from = 0,
  length?: number,
) {
  const image = await openMemory({ 'disk.vdi': buildVdi(plan).damage(change).bytes });
  return (await mapAll(image, from, length)).map(describeMapping);
}

describe('recognition', () => {
  const { bytes } = buildVdi(SMALL);
  const marks = (head: Uint8Array) => probe({ head, tail: head.subarray(-2048), size: head.length });

  test('by the signature, whatever the text says', () => {
    const other = bytes.slice();
    other.fill(0, 0, 64);
    expect([marks(bytes), marks(other)]).toEqual(['magic', 'magic']);
  });

  test('by the text in front of a damaged signature', () => {
    const other = bytes.slice();
    other[64] = 0;
    expect(marks(other)).toBe('trace');
  });

  test('not by half of it', () => {
    expect(marks(bytes.subarray(0, 64).slice(0, 40))).toBe(null);
    expect(marks(new TextEncoder().encode('<<< Some Disk Image >>>\ntext'))).toBe(null);
    expect(marks(new Uint8Array(0))).toBe(null);
  });
});

describe('mappings', () => {
  test('of a dynamic image: stored blocks, zeros between them', async () => {
    expect(await mapPlan(SMALL)).toEqual([
      `data 0+${BLOCK} @${DATA + BLOCK}`,
      `zero ${BLOCK}+${4 * BLOCK}`,
      `data ${5 * BLOCK}+${BLOCK} @${DATA}`,
      `data ${6 * BLOCK}+${BLOCK} @${DATA + 2 * BLOCK}`,
      `zero ${7 * BLOCK}+${BLOCK}`,
    ]);
  });

  test('of a differencing image: what is not stored is the parent, what is zero is not', async () => {
    const plan: VdiPlan = { ...SMALL, type: 'differencing', zeros: [1, 2] };
    expect(await mapPlan(plan)).toEqual([
      `data 0+${BLOCK} @${DATA + BLOCK}`,
      `zero ${BLOCK}+${2 * BLOCK}`,
      `unallocated ${3 * BLOCK}+${2 * BLOCK}`,
      `data ${5 * BLOCK}+${BLOCK} @${DATA}`,
      `data ${6 * BLOCK}+${BLOCK} @${DATA + 2 * BLOCK}`,
      `unallocated ${7 * BLOCK}+${BLOCK}`,
    ]);
  });

  test('of blocks with extra bytes: the data behind them', async () => {
    expect(await mapPlan({ ...SMALL, extra: 512 }, undefined, BLOCK - 100, 200)).toEqual([
      `data ${BLOCK - 100}+100 @${DATA + BLOCK + 512 + 512 + BLOCK - 100}`,
      `zero ${BLOCK}+100`,
    ]);
  });

  test('end with the disk, not with the last block', async () => {
    const plan: VdiPlan = { blockSize: BLOCK, size: 2 * BLOCK - 512, type: 'static' };
    expect(await mapPlan(plan)).toEqual([`data 0+${2 * BLOCK - 512} @${DATA}`]);
  });

  test('name what a map that is cut off does not tell', async () => {
    const runs = await mapPlan({ ...SMALL, blocks: [] }, (e) => e.cut(512 + 3 * 4));
    expect(runs).toEqual([`zero 0+${3 * BLOCK}`, `unreadable ${3 * BLOCK}+${5 * BLOCK}`]);
    expect(await mapPlan(SMALL, (e) => e.header('blockSize', 0))).toEqual([`unreadable 0+${8 * BLOCK}`]);
  });

  test('never have positions above 2^53', async () => {
    const runs = await mapPlan({ ...SMALL, blockSize: 2 ** 31, size: 2 ** 40, blocks: [] }, (e) =>
      e.entry(0, FREE - 2).entry(1, 1),
    );
    expect(runs[0]).toBe(`unreadable 0+${2 ** 31}`);
    expect(runs[1]).toMatch(/^data/);
  });
});

describe('versions', () => {
  const old = buildVdi(SMALL).damage((e) => e.header('version', 2).header('headerSize', 1));

  test('0.2 is told by name and not called damaged', async () => {
    const report = await checkMemory({ 'disk.vdi': old.bytes });
    expect(report).toMatchObject({ verdict: 'unchecked', error: { code: 'unsupported-feature' } });
    expect(report.error?.message).toContain('version 0.2');
    expect(report.problems).toEqual([]);
  });

  test('others are an error, and read as 1.1 where the header is like that', async () => {
    const report = await check(SMALL, (e) => e.header('version', 0x10002));
    expect(report.counts.byRule).toMatchObject({ 'vdi/version': 1 });
    expect(report.problems[0]?.message).toBe('the version is 1.2; only 1.1 is known');
    expect(report).toMatchObject({ verdict: 'corrupt', virtualSize: 8 * BLOCK });
    const strange = await check(SMALL, (e) => e.header('version', 0x20000).header('headerSize', 0xffff_ffff));
    expect(strange).toMatchObject({ verdict: 'corrupt', virtualSize: null, error: null });
  });
});

describe('a parent', () => {
  const plan: VdiPlan = { ...SMALL, type: 'differencing' };

  test('is told by its UUID, and that it has no name', async () => {
    const report = await check(plan);
    expect(report.verdict).toBe('ok');
    const told = report.problems.find(({ rule }) => rule === 'vdi/parent-not-named');
    expect(told?.message).toContain('was not opened');
    expect(told?.actual).toMatch(/^\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$/);
    // The first three parts are stored lowest byte first.
    const [a = 0, b = 0, c = 0, d = 0] = vdiUuid(3);
    expect(told?.actual?.slice(1, 9)).toBe(Buffer.from([d, c, b, a]).toString('hex'));
  });

  test('has no file name that anybody could take for one', async () => {
    const image = await openMemory({ 'disk.vdi': buildVdi(plan).bytes });
    expect(image.parent).toMatchObject({ name: '', state: 'not-followed', path: null, image: null });
    expect(image.info().formatSpecific).toMatchObject({ 'parent-uuid': expect.stringMatching(/^\{.*\}$/) });
  });
});

describe('hostile images', () => {
  test('a map of 2^32 entries is not read', async () => {
    const report = await check(SMALL, (e) => e.header('blocks', 0xffff_ffff));
    expect(report.counts.byRule).toMatchObject({ 'vdi/map-out-of-file': 1 });
  });

  test('every entry the same is one error and quick', async () => {
    const size = 2 ** 18 * 512;
    const built = buildVdi({ blockSize: 512, size, blocks: [0] });
    const report = await checkMemory({
      'disk.vdi': built.damage((e) => e.set(built.map, new Uint8Array(2 ** 20))).bytes,
    });
    expect(Object.keys(report.counts.byRule).filter((rule) => rule !== 'vdi/block-size-unusual')).toEqual([
      'vdi/map-all-zero',
    ]);
  });

  test('any few bytes set to anything end in problems, and in mappings without gaps or a typed error', async () => {
    const built = buildVdi({ ...SMALL, zeros: [2] });
    const edit = fc.record({
      offset: fc.oneof(fc.nat(DATA - 8), fc.constantFrom(72, 76, 340, 344, 368, 376, 380, 384, 388)),
      bytes: fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 8 }),
        fc.constantFrom(
          [0],
          [0, 0, 0, 0],
          [0xff, 0xff, 0xff, 0xff],
          [0xfe, 0xff, 0xff, 0xff],
          [0, 0, 0, 0x80],
        ),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 5 }), async (edits) => {
        const files = {
          'disk.vdi': built.damage((e) => edits.forEach(({ offset, bytes }) => e.set(offset, bytes))).bytes,
        };
        const report = await checkMemory(files, { format: 'vdi' });
        expect(report.error).toBe(null);
        expect(report.counts.byRule).not.toHaveProperty('file/unreadable');
        for (const { message, offset, length, guestOffset } of report.problems) {
          expect(message).not.toMatch(/undefined|NaN|\[object/);
          for (const figure of [offset, length, guestOffset])
            expect(figure === null || Number.isSafeInteger(figure)).toBe(true);
        }
        try {
          const image = await openMemory(files, { format: 'vdi' });
          let end = 0;
          for (const { start, length } of await mapAll(image, 0, Math.min(image.size, 2 ** 20))) {
            expect(start).toBe(end);
            end += length;
          }
        } catch (error) {
          if (!(error instanceof VdcheckError)) throw error;
        }
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 400), seed: 1 },
    );
  });
});
