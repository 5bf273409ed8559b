import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formats } from '../src/formats/index.ts';
import type { Disk } from '../src/model/disk.ts';
import type { OptionValues, Part, Plan, Writer } from '../src/model/writer.ts';
import { inflate } from '../src/node/inflate.ts';
import { differences } from '../src/ops/compare.ts';
import { readDisk } from '../src/ops/disk.ts';
import { sparseDisk, type DiskRun } from '../test/support/sparse-disk.ts';
import { Random } from '../test/support/layouts/index.ts';
import { checkMemory, openMemory, type MemoryFiles } from '../test/support/open.ts';
import { contextFor } from '../test/support/writing.ts';

/**
 * Whatever a disk has and however it is read: every writer stores it so that it is read back the same, nothing is
 * found in it, and the same disk gives the same bytes. `FUZZ_RUNS` sets how many disks are tried.
 */
const SECTOR = 512;
const MIB = 2 ** 20;

const KINDS: Readonly<Record<string, readonly OptionValues[]>> = {
  vmdk: [
    ...['monolithicSparse', 'monolithicFlat', 'twoGbMaxExtentSparse', 'twoGbMaxExtentFlat'],
    ...['streamOptimized', 'vmfs', 'vmfsSparse', 'seSparse'],
  ].map((subformat) => ({ subformat })),
  vhd: [{}, { align: false }, { subformat: 'fixed' }],
  vdi: [{}, { static: true }],
};

/** Told of every disk of their kind: such extents are for children. */
const EXPECTED = ['vmdk3/no-parent', 'sesparse/no-parent'];

interface RunPlan {
  readonly gap: number;
  readonly length: number;
  readonly kind: 'bytes' | 'zeros' | 'statement';
}

const runArbitrary: fc.Arbitrary<RunPlan> = fc.record({
  gap: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 3 * MIB })),
  length: fc.oneof(
    fc.integer({ min: 1, max: 2000 }),
    fc.constantFrom(SECTOR, 4096, 65_536, MIB),
    fc.integer({ min: 1, max: 2 * MIB }),
  ),
  kind: fc.constantFrom('bytes', 'bytes', 'bytes', 'zeros', 'statement'),
});

const diskArbitrary = fc.record({
  runs: fc.array(runArbitrary, { maxLength: 12 }),
  tail: fc.integer({ min: 1, max: 4 * MIB }),
  most: fc.constantFrom(SECTOR * 3, 4096, 262_144),
  seed: fc.integer(),
});

type DiskPlan = typeof diskArbitrary extends fc.Arbitrary<infer T> ? T : never;

function makeDisk({ runs: plans, tail, seed }: DiskPlan, most: number): Disk {
  const random = new Random(seed);
  const runs: DiskRun[] = [];
  let at = 0;
  for (const { gap, length, kind } of plans) {
    const start = at + gap;
    const bytes =
      kind === 'statement' ? null : kind === 'zeros' ? new Uint8Array(length) : random.bytes(length);
    runs.push({ start, length, bytes });
    at = start + length;
  }
  return sparseDisk(Math.ceil((at + tail) / SECTOR) * SECTOR, runs, most);
}

/** The files of a plan in memory. */
async function carryOut(plan: Plan): Promise<MemoryFiles> {
  const parts: Part[] = [];
  for await (const part of plan.parts()) parts.push({ ...part, bytes: part.bytes.slice() });
  return Object.fromEntries(
    plan.files.map(({ name, size }, index) => {
      const its = parts.filter(({ file }) => file === index);
      const end = its.reduce((most, { at, bytes }) => Math.max(most, at + bytes.length), 0);
      const file = new Uint8Array(size ?? end);
      for (const { at, bytes } of its) file.set(bytes, at);
      if (plan.isStreamable) expectOrder(its);
      return [name, file];
    }),
  );
}

function expectOrder(parts: readonly Part[]): void {
  let end = 0;
  for (const { at, bytes } of parts) {
    expect(at).toBeGreaterThanOrEqual(end);
    end = at + bytes.length;
  }
}

for (const [id, kinds] of Object.entries(KINDS)) {
  const format = formats.find((entry) => entry.id === id);
  for (const values of kinds)
    test(`${id} ${JSON.stringify(values)}`, async () => {
      const writer: Writer | undefined = await format?.loadWriter?.();
      if (writer === undefined) throw new Error(`${id} has no writer`);
      await fc.assert(
        fc.asyncProperty(
          diskArbitrary,
          fc.boolean(),
          fc.constantFrom(SECTOR, 4096, 65_536, 0),
          async (plan, isPipe, sparse) => {
            const context = () => contextFor(`disk.${id}`, values, { isPipe, sparse, experimental: true });
            const disk = makeDisk(plan, plan.most);
            const files = await carryOut(await writer.plan(disk, context()));
            const image = await openMemory(files);
            expect(image.size).toBe(disk.size);
            for await (const { start } of differences(disk, readDisk(image, { inflate })))
              throw new Error(`differs from byte ${start} on`);
            const { problems, error } = await checkMemory(files, { depth: 'data' });
            const found = problems.filter(
              ({ severity, rule }) => severity !== 'info' && !EXPECTED.includes(rule),
            );
            expect([found, error]).toEqual([[], null]);
            const again = await carryOut(await writer.plan(makeDisk(plan, 262_144), context()));
            for (const [name, bytes] of Object.entries(files))
              expect(Buffer.compare(bytes, again[name] ?? new Uint8Array(0))).toBe(0);
          },
        ),
        { numRuns: Number(process.env['FUZZ_RUNS'] ?? 5) },
      );
    });
}
