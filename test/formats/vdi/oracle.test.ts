import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { checkLocalImage, openLocalImage } from '../../../src/node/local.ts';
import { aboveInfo } from '../conformance.ts';
import { mapAll } from '../../support/open.ts';
import { buildVdi, FREE, type VdiEditor } from '../../support/vdi.ts';

const MIB = 2 ** 20;
const hasQemu = ['qemu-img', 'qemu-io'].every((tool) => spawnSync(tool, ['--version']).status === 0);
if (!hasQemu && process.env['REQUIRE_PEERS'] === '1') throw new Error('qemu-img and qemu-io are required');
if (!hasQemu) console.warn('SKIPPED: qemu-img or qemu-io is not installed, so no VDI is compared with them');

/** A run of the disk as both sides put it. */
interface Run {
  readonly start: number;
  readonly length: number;
  readonly isData: boolean;
  readonly offset: number | null;
}

const qemuImg = (...args: readonly string[]): string => execFileSync('qemu-img', args, { encoding: 'utf8' });

/** What `qemu-img map` says; pieces of one run that only its file system tells apart are joined. */
function qemuMap(path: string): readonly Run[] {
  const runs = JSON.parse(qemuImg('map', '-f', 'vdi', '--output=json', path)) as readonly {
    start: number;
    length: number;
    data: boolean;
    offset?: number;
  }[];
  return joinRuns(
    runs.map(({ start, length, data, offset = null }) => ({ start, length, isData: data, offset })),
  );
}

async function ownMap(path: string): Promise<readonly Run[]> {
  const { image } = await openLocalImage(path, {});
  const mappings = await mapAll(image);
  await image.close();
  return joinRuns(
    mappings.map((mapping) => ({
      start: mapping.start,
      length: mapping.length,
      isData: mapping.kind === 'data',
      offset: mapping.kind === 'data' ? mapping.at.offset : null,
    })),
  );
}

function joinRuns(runs: readonly Run[]): readonly Run[] {
  const joined: Run[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    const follows =
      last?.isData === run.isData &&
      (run.offset === null
        ? last.offset === null
        : last.offset !== null && last.offset + last.length === run.offset);
    if (last !== undefined && follows)
      joined[joined.length - 1] = { ...last, length: last.length + run.length };
    else joined.push(run);
  }
  return joined;
}

describe.skipIf(!hasQemu)('images of qemu-img', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vdcheck-vdi-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const recipes = fc.record({
    blocks: fc.integer({ min: 1, max: 40 }),
    rest: fc.constantFrom(0, 512, MIB - 512),
    isStatic: fc.boolean(),
    writes: fc.array(fc.record({ at: fc.nat(40 * 8), length: fc.integer({ min: 1, max: 24 }) }), {
      maxLength: 6,
    }),
  });

  test('are sound and mapped as qemu-img maps them, whatever was written', async () => {
    const path = join(folder, 'disk.vdi');
    await fc.assert(
      fc.asyncProperty(recipes, async ({ blocks, rest, isStatic, writes }) => {
        const size = blocks * MIB + rest;
        qemuImg('create', '-q', '-f', 'vdi', ...(isStatic ? ['-o', 'static=on'] : []), path, String(size));
        const commands = writes
          .map(({ at, length }) => ({ at: (at * MIB) / 8, length: (length * MIB) / 8 }))
          .filter(({ at, length }) => at + length <= size)
          .flatMap(({ at, length }) => ['-c', `write -P 7 ${at} ${length}`]);
        if (commands.length > 0) execFileSync('qemu-io', ['-f', 'vdi', ...commands, path]);
        const report = await checkLocalImage(path, {});
        expect(report.problems).toEqual([]);
        expect(report.variant).toBe(isStatic ? 'static' : 'dynamic');
        expect(await ownMap(path)).toEqual(qemuMap(path));
        const info = JSON.parse(qemuImg('info', '--output=json', path)) as Record<string, unknown>;
        expect(info).toMatchObject({
          'virtual-size': report.virtualSize,
          'cluster-size': MIB,
          format: 'vdi',
        });
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  test('of our builder hold what it wrote, by qemu-img', async () => {
    const path = join(folder, 'own.vdi');
    const [size, raw] = [4 * MIB, join(folder, 'own.raw')];
    writeFileSync(path, buildVdi({ size, blocks: [2, 0], zeros: [3], fill: 0x77 }).bytes);
    qemuImg('convert', '-f', 'vdi', '-O', 'raw', path, raw);
    const bytes = readFileSync(raw);
    expect(bytes.length).toBe(size);
    expect(bytes.every((byte, at) => byte === (at < MIB || (at >= 2 * MIB && at < 3 * MIB) ? 0x77 : 0))).toBe(
      true,
    );
    expect(await ownMap(path)).toEqual(qemuMap(path));
  });

  const SIZE = 6 * MIB;
  const damages: readonly (readonly [string, (editor: VdiEditor) => unknown, string | null])[] = [
    ['nothing', () => undefined, null],
    ['two entries for one block', (e) => e.entry(1, 0).header('blocksAllocated', 4), 'vdi/entry-duplicate'],
    ['an entry above the number of blocks', (e) => e.entry(0, 6).append(5 * MIB), 'vdi/entry-out-of-range'],
    ['a count that is too small', (e) => e.header('blocksAllocated', 2), 'vdi/allocated-too-small'],
    ['a count that is too large', (e) => e.header('blocksAllocated', 5), 'vdi/allocated-too-large'],
    ['an entry that was lost', (e) => e.entry(4, FREE), 'vdi/space-unreferenced'],
  ];
  test.each(damages)('qemu-img check agrees about %s', async (_, damage, rule) => {
    const path = join(folder, 'damaged.vdi');
    writeFileSync(path, buildVdi({ size: SIZE, blocks: [0, 4, 5] }).damage(damage).bytes);
    const { status } = spawnSync('qemu-img', ['check', '-q', '-f', 'vdi', path]);
    expect(status === 0).toBe(rule === null);
    const report = await checkLocalImage(path, {});
    if (rule === null) expect(aboveInfo(report)).toEqual([]);
    else expect(aboveInfo(report)).toContain(rule);
  });
});
