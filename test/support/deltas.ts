import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Disk } from '../../src/model/disk.ts';
import type { OptionValues, Plan, WriteContext, Writer } from '../../src/model/writer.ts';
import { inflate } from '../../src/node/inflate.ts';
import { openLocalImage } from '../../src/node/local.ts';
import { deltaDisk } from '../../src/ops/delta.ts';
import { readDisk } from '../../src/ops/disk.ts';
import { randomDisk, sparseDisk, type DiskRun } from './sparse-disk.ts';
import { Random } from './layouts/index.ts';
import { withFolder } from './program.ts';
import {
  contextFor,
  expectClean,
  expectDisk,
  expectQemuReads,
  hasQemuImg,
  writeFiles,
  writeStream,
} from './writing.ts';

const SECTOR = 512;

/** A kind of image that can be a child. */
export interface DeltaCase {
  readonly writer: Writer;
  /** Ending of the names. */
  readonly extension: string;
  readonly parentValues: OptionValues;
  readonly values: OptionValues;
  readonly context?: Partial<WriteContext>;
  /** What `qemu-img` calls the format; absent: it cannot read children of this kind. */
  readonly qemu?: string;
  readonly isStreamable: boolean;
}

/** Writes a child of `parent.EXT`, which is in the folder, for a delta over it. */
export async function planChild(
  folder: string,
  kind: DeltaCase,
  makeDelta: Disk | ((parent: Disk) => Disk),
  use: (plan: Plan) => Promise<void>,
  isPipe = false,
): Promise<void> {
  const { writer, extension, values, context } = kind;
  const name = `parent.${extension}`;
  const { image } = await openLocalImage(join(folder, name));
  try {
    const parent = readDisk(image, { inflate });
    const delta = typeof makeDelta === 'function' ? makeDelta(parent) : makeDelta;
    const more = { ...context, backing: { name, format: null, image, disk: parent }, isPipe };
    await use(await writer.plan(delta, contextFor(`child.${extension}`, values, more)));
  } finally {
    await image.close();
  }
}

/** Writes parents and children over them, and reads them back as one disk. */
export function describeDeltas(title: string, kind: DeltaCase): void {
  const { writer, extension, parentValues, context } = kind;
  const [parentName, childName] = [`parent.${extension}`, `child.${extension}`];
  describe(title, () => {
    const withParent = async (parent: Disk, body: (folder: string) => Promise<void>): Promise<void> =>
      withFolder(async (folder) => {
        await writeFiles(folder, await writer.plan(parent, contextFor(parentName, parentValues, context)));
        await body(folder);
      });

    it('stores what differs, zeros too', async () => {
      for (let seed = 1; seed <= 8; seed++) {
        const random = new Random(seed);
        const size = random.int(1, 30_000) * SECTOR;
        const [parent, delta] = [randomDisk(size, 20, seed + 50), randomDisk(size, random.int(1, 12), seed)];
        const merged = await mergeDisks(delta, parent);
        await withParent(parent, async (folder) => {
          for (const isPipe of kind.isStreamable ? [false, true] : [false]) {
            await planChild(folder, kind, delta, (plan) => writeFiles(folder, plan), isPipe);
            await expectDisk(join(folder, childName), merged);
            await expectClean(join(folder, childName));
            if (hasQemuImg && kind.qemu !== undefined)
              await expectQemuReads(folder, childName, kind.qemu, merged);
          }
        });
      }
    });

    it('stores what another disk has otherwise', async () => {
      for (let seed = 1; seed <= 4; seed++) {
        const size = 8 * 2 ** 20 + 512 * seed;
        const parent = randomDisk(size, 40, seed + 70);
        const disk = seed === 1 ? parent : await mergeDisks(randomDisk(size, 4, seed, 20_000), parent);
        await withParent(parent, async (folder) => {
          const makeDelta = (below: Disk): Disk => deltaDisk(disk, below, Infinity);
          for (const isPipe of kind.isStreamable ? [true, false] : [false]) {
            await planChild(folder, kind, makeDelta, (plan) => writeFiles(folder, plan), isPipe);
            await expectDisk(join(folder, childName), disk);
            await expectClean(join(folder, childName));
          }
          expect(storedBytes(folder, 'child')).toBeLessThan(seed === 1 ? 2 ** 17 : 2 ** 20);
        });
      }
    });

    it('stores nothing of an empty delta', async () => {
      const parent = randomDisk(64 * 2 ** 20, 20, 3);
      await withParent(parent, async (folder) => {
        await planChild(folder, kind, sparseDisk(parent.size, []), (plan) => writeFiles(folder, plan));
        await expectDisk(join(folder, childName), parent);
        await expectClean(join(folder, childName));
        expect(storedBytes(folder, 'child')).toBeLessThan(2 ** 17);
      });
    });

    it('leaves out zeros over a hole of the parent', async () => {
      const size = 2 ** 40;
      const zeros: DiskRun = { start: 2 ** 20, length: size - 2 ** 20, bytes: null };
      const parent = sparseDisk(size, [
        { start: 2 ** 39, length: 4096, bytes: new Uint8Array(4096).fill(1) },
      ]);
      await withParent(parent, async (folder) => {
        await planChild(folder, kind, sparseDisk(size, [zeros]), (plan) => writeFiles(folder, plan));
        await expectDisk(join(folder, childName), sparseDisk(size, []));
        await expectClean(join(folder, childName));
      });
    });

    it.runIf(kind.isStreamable)('goes into a pipe of known length', async () => {
      const parent = randomDisk(9 * 2 ** 20, 20, 4);
      const delta = randomDisk(9 * 2 ** 20, 9, 5);
      await withParent(parent, async (folder) => {
        await planChild(
          folder,
          kind,
          delta,
          async (plan) => {
            expect((await writeStream(plan)).length).toBe(plan.files[0]?.size);
          },
          true,
        );
      });
    });

    it('needs the parent itself', async () => {
      const backing = { name: 'x', format: null, image: null, disk: null };
      const planned = writer.plan(
        sparseDisk(4096, []),
        contextFor(childName, kind.values, { ...context, backing }),
      );
      await expect(planned).rejects.toThrow('has to be opened');
      const other = writer.plan(
        sparseDisk(4096, []),
        contextFor(childName, kind.values, { ...context, backing: { ...backing, format: 'qcow2' } }),
      );
      await expect(other).rejects.toThrow('has to be a');
    });
  });
}

/** Bytes that files take up, holes left out. */
function storedBytes(folder: string, prefix: string): number {
  const names = readdirSync(folder).filter((name) => name.startsWith(prefix));
  return names.reduce((sum, name) => sum + statSync(join(folder, name)).blocks * 512, 0);
}

/** What a guest sees of a delta over a disk. */
async function mergeDisks(delta: Disk, below: Disk): Promise<Disk> {
  const bytes = new Uint8Array(delta.size);
  for await (const chunk of below.chunks()) if (chunk.kind === 'data') bytes.set(chunk.bytes, chunk.start);
  for await (const chunk of delta.chunks())
    if (chunk.kind === 'data') bytes.set(chunk.bytes, chunk.start);
    else if (chunk.kind === 'zero') bytes.fill(0, chunk.start, chunk.start + chunk.length);
  return sparseDisk(delta.size, [{ start: 0, length: bytes.length, bytes }]);
}
