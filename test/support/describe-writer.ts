import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Disk } from '../../src/model/disk.ts';
import type { OptionValues, WriteContext, Writer } from '../../src/model/writer.ts';
import { randomDisk, sparseDisk } from './sparse-disk.ts';
import { Random } from './layouts/index.ts';
import { measurePlan } from '../../src/ops/write.ts';
import { withFolder } from './program.ts';
import {
  contextFor,
  expectClean,
  expectDisk,
  expectStored,
  expectQemuClean,
  expectQemuReads,
  hasQemuImg,
  readFiles,
  writeFiles,
  writeStream,
} from './writing.ts';

const SECTOR = 512;
const MIB = 2 ** 20;
const GIB = 2 ** 30;
const TIB = 2 ** 40;

/** Disks of every kind, by what is odd about them. */
export const DISKS: Readonly<Record<string, () => Disk>> = {
  empty: () => sparseDisk(4 * MIB, []),
  full: () => whole(3 * MIB + 5 * SECTOR, 1),
  sparse: () => randomDisk(40 * MIB, 60, 2),
  '5711 sectors': () => randomDisk(5711 * SECTOR, 20, 3),
  '1 sector': () => whole(SECTOR, 4),
  '1000 bytes': () => whole(1000, 5),
  'zeros as bytes': () =>
    sparseDisk(5 * MIB, [{ start: 0, length: 5 * MIB, bytes: new Uint8Array(5 * MIB) }]),
  '3 GiB': () => randomDisk(3 * GIB, 40, 6),
  '8 TiB': () => randomDisk(8 * TIB, 30, 7),
};

function whole(length: number, seed: number): Disk {
  return sparseDisk(length, [{ start: 0, length, bytes: new Random(seed).bytes(length) }]);
}

/** A kind of image that is put to the test. */
export interface WriterCase {
  readonly writer: Writer;
  /** Name of the first file. */
  readonly name: string;
  readonly values: OptionValues;
  readonly context?: Partial<WriteContext>;
  /** What `qemu-img` calls the format; absent: it cannot read this kind. */
  readonly qemu?: string;
  /** Whether `qemu-img check` knows the kind. */
  readonly hasQemuCheck?: boolean;
  /** Rules that warn of every disk of this kind, which is told to whoever makes it. */
  readonly warnings?: readonly string[];
  /** Largest disk; larger ones have to be refused. */
  readonly most?: number;
  /** Whether all of the disk has a place in the files: of large disks then only what is stored is read back. */
  readonly isFlat?: boolean;
  /** Whether a pipe takes it. */
  readonly isStreamable: boolean;
}

/** Writes all kinds of disks as `kind`, and reads them back with everything there is. */
export function describeWriter(title: string, kind: WriterCase): void {
  const { writer, name, values, most = Infinity } = kind;
  const context = (): WriteContext => contextFor(name, values, kind.context);
  describe(title, () => {
    for (const [about, makeDisk] of Object.entries(DISKS)) {
      const disk = makeDisk();
      if (disk.size > most) {
        it(`refuses a disk of ${about}`, async () => {
          await expect(writer.plan(disk, context())).rejects.toThrow(/larger|at most/);
        });
        continue;
      }
      it(`stores a disk: ${about}`, async () => {
        await withFolder(async (folder) => {
          await writeFiles(folder, await writer.plan(disk, context()));
          if (kind.isFlat === true && disk.size > GIB) await expectStored(join(folder, name), disk);
          else await expectDisk(join(folder, name), disk);
          await expectClean(join(folder, name), kind.warnings);
          if (!hasQemuImg || kind.qemu === undefined || disk.size > TIB) return;
          await expectQemuReads(folder, name, kind.qemu, disk);
          if (kind.hasQemuCheck === true) expectQemuClean(folder, name, kind.qemu);
        });
      });
    }
    it('gives the same bytes for the same disk', async () => {
      const disk = randomDisk(3 * MIB, 12, 8);
      const [first, second] = await Promise.all([1, 2].map(() => bytesOf(writer, disk, context())));
      expect(first?.map(hashOf)).toEqual(second?.map(hashOf));
    });
    it('does not depend on how the disk is read', async () => {
      const [large, small] = await Promise.all(
        [262_144, 1536].map((most) => bytesOf(writer, randomDisk(2 ** 21, 30, 11, 300_000, most), context())),
      );
      expect(large?.map(hashOf)).toEqual(small?.map(hashOf));
    });
    it('fails as reading fails, and ends when it is told to', async () => {
      const disk = randomDisk(3 * MIB, 12, 12);
      const failing: Disk = {
        ...disk,
        async *chunks(range, options) {
          for await (const chunk of disk.chunks(range, options)) {
            if (chunk.start > MIB) throw new Error('no such sector');
            yield chunk;
          }
        },
      };
      await withFolder(async (folder) => {
        const failed = writer.plan(failing, context()).then((plan) => writeFiles(folder, plan));
        await expect(failed).rejects.toThrow('no such sector');
        const signal = AbortSignal.abort(new Error('enough'));
        const ended = writer.plan(disk, context()).then((plan) => writeFiles(folder, plan, signal));
        await expect(ended).rejects.toThrow('enough');
      });
    });
    it('has the size that was planned', async () => {
      await withFolder(async (folder) => {
        const plan = await writer.plan(randomDisk(3 * MIB, 12, 9), context());
        await writeFiles(folder, plan);
        for (const [index, bytes] of readFiles(folder, plan).entries())
          expect(plan.files[index]?.size ?? bytes.length).toBe(bytes.length);
        const full = await writer.plan(randomDisk(2 ** 21, 3, 9), { ...context(), sparse: 0 });
        if (plan.fullSize === undefined) return;
        const measured = await measurePlan(full);
        // What is compressed takes less.
        if (kind.context?.compress === undefined) expect(full.fullSize).toBe(measured);
        else expect(full.fullSize).toBeGreaterThanOrEqual(measured);
      });
    });
    it(kind.isStreamable ? 'goes into a pipe' : 'does not go into a pipe', async () => {
      const disk = randomDisk(9 * MIB, 12, 10);
      const plan = await writer.plan(disk, { ...context(), isPipe: true });
      expect(plan.isStreamable && plan.files.length === 1).toBe(kind.isStreamable);
      if (!kind.isStreamable) return;
      await withFolder(async (folder) => {
        const stream = await writeStream(plan);
        expect(plan.files[0]?.size ?? stream.length).toBe(stream.length);
        await writeFiles(folder, await writer.plan(disk, { ...context(), isPipe: true }));
        expect(Buffer.compare(stream, readFiles(folder, plan)[0] ?? new Uint8Array(0))).toBe(0);
        await expectDisk(join(folder, name), disk);
        await expectClean(join(folder, name), kind.warnings);
      });
    });
    it('stores any disk', async () => {
      for (let seed = 100; seed < 108; seed++)
        await withFolder(async (folder) => {
          const random = new Random(seed);
          const disk = randomDisk(
            random.int(1, 40_000) * SECTOR,
            random.int(0, 30),
            seed,
            2 ** random.int(9, 21),
          );
          const isPipe = kind.isStreamable && random.chance(0.5);
          const sparse = random.pick([512, 4096, 4096, 65_536, 0]);
          await writeFiles(folder, await writer.plan(disk, { ...context(), isPipe, sparse }));
          await expectDisk(join(folder, name), disk);
          await expectClean(join(folder, name), kind.warnings);
        });
    });
  });
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function bytesOf(writer: Writer, disk: Disk, context: WriteContext): Promise<readonly Uint8Array[]> {
  return withFolder(async (folder) => {
    const plan = await writer.plan(disk, context);
    await writeFiles(folder, plan);
    return readFiles(folder, plan);
  });
}
