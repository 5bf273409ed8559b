import { describe, expect, it } from 'vitest';
import { qcow2Writer } from '../../src/formats/qcow2/write/writer.ts';
import type { Disk, Piece } from '../../src/model/disk.ts';
import { guestOffset } from '../../src/model/offsets.ts';
import { inflate } from '../../src/node/inflate.ts';
import { deltaDisk } from '../../src/ops/delta.ts';
import { readDisk } from '../../src/ops/disk.ts';
import { Random } from '../support/layouts/index.ts';
import { openMemory } from '../support/open.ts';
import { randomDisk } from '../support/sparse-disk.ts';
import { planOf, writeStream } from '../support/writing.ts';

/** All bytes of a disk. */
async function bytesOf(disk: Disk): Promise<Uint8Array> {
  const bytes = new Uint8Array(disk.size);
  await disk.read(guestOffset(0), bytes);
  return bytes;
}

/** What `below` with the delta over it reads as; and how many bytes the delta stores. */
async function applied(delta: Disk, below: Disk): Promise<{ bytes: Uint8Array; stored: number }> {
  const bytes = new Uint8Array(delta.size);
  bytes.set((await bytesOf(below)).subarray(0, delta.size));
  let at = 0;
  let stored = 0;
  for await (const chunk of delta.chunks()) {
    expect(chunk.start).toBe(at);
    at += chunk.length;
    if (chunk.kind === 'data') bytes.set(chunk.bytes, chunk.start);
    else if (chunk.kind === 'zero') bytes.fill(0, chunk.start, at);
    if (chunk.kind === 'data') stored += chunk.length;
  }
  expect(at).toBe(delta.size);
  return { bytes, stored };
}

/** `disk`, of which some ranges are changed; the pieces of those are in layer 0, all others in layer 1. */
async function changedDisk(
  below: Disk,
  size: number,
  random: Random,
): Promise<{ disk: Disk; changed: number }> {
  const bytes = new Uint8Array(size);
  bytes.set((await bytesOf(below)).subarray(0, size));
  const ranges: { from: number; to: number }[] = [];
  for (let at = 0; at < size;) {
    const from = at + random.int(0, 300) * 512;
    const to = Math.min(size, from + random.int(1, 100) * 512);
    if (from >= to) break;
    if (random.chance(0.3)) bytes.fill(0, from, to);
    else if (random.chance(0.8)) bytes.set(random.bytes(to - from), from);
    ranges.push({ from, to });
    at = to;
  }
  // What is behind the end of the layer below is nobody's but the disk's own.
  if (below.size < size) ranges.push({ from: below.size, to: size });
  const layerAt = (at: number): number => (ranges.some(({ from, to }) => from <= at && at < to) ? 0 : 1);
  const disk: Disk = {
    size,
    async *pieces(range) {
      const end = Math.min(size, (range?.start ?? 0) + (range?.length ?? size));
      const batch: Piece[] = [];
      for (let at: number = range?.start ?? 0; at < end; at += 512) {
        const length = Math.min(512, end - at);
        batch.push({ kind: 'unallocated', start: guestOffset(at), length, layer: layerAt(at) });
      }
      yield batch;
    },
    read: (at, into) => into.set(bytes.subarray(at, at + into.length)),
    async *chunks(range) {
      const end = Math.min(size, (range?.start ?? 0) + (range?.length ?? size));
      for (let at: number = range?.start ?? 0; at < end;) {
        const length = Math.min(random.int(1, 200) * 512, end - at);
        yield { kind: 'data', start: guestOffset(at), length, bytes: bytes.slice(at, at + length) };
        at += length;
      }
    },
  };
  return { disk, changed: ranges.reduce((sum, { from, to }) => sum + to - from + 2 * 4096, 0) };
}

describe('a delta', () => {
  it('over any layer gives the disk again, and stores no more than what was changed', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = new Random(seed);
      const below = randomDisk(random.int(1, 8000) * 512, 12, seed);
      const { disk, changed } = await changedDisk(below, random.int(1, 8000) * 512, random);
      for (const shared of [1, Infinity]) {
        const { bytes, stored } = await applied(deltaDisk(disk, below, shared), below);
        expect(Buffer.compare(bytes, await bytesOf(disk)), `seed ${seed}, ${shared}`).toBe(0);
        expect(stored, `seed ${seed}`).toBeLessThanOrEqual(changed);
      }
    }
  });

  it('compares nothing of the layers that both have', async () => {
    const below = randomDisk(2 ** 20, 5, 1);
    const asked: number[] = [];
    const disk: Disk = {
      ...below,
      async *pieces() {
        yield [
          { kind: 'zero', start: guestOffset(0), length: 4096, layer: 0 },
          { kind: 'zero', start: guestOffset(4096), length: below.size - 4096, layer: 2 },
        ];
      },
      chunks: (range) => {
        asked.push(range?.start ?? -1, range?.length ?? -1);
        return below.chunks(range);
      },
    };
    await applied(deltaDisk(disk, below, 2), below);
    expect(asked).toEqual([0, 4096]);
  });

  it('is stored by qcow2 with any options', async () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = new Random(seed);
      const base = randomDisk(random.int(1, 6000) * 512, 10, seed);
      const { disk } = await changedDisk(base, random.int(1, 6000) * 512, random);
      const clusterSize = 2 ** random.int(9, 18);
      const isOld = random.chance(0.3);
      const values = {
        cluster_size: clusterSize,
        ...(isOld ? { compat: 'v2' } : { extended_l2: clusterSize >= 16_384 && random.chance(0.6) }),
      };
      const backing = { name: 'base.qcow2', format: 'qcow2', image: null, disk: base };
      const context = {
        isPipe: true,
        backing,
        sparse: random.pick([0, 4096]),
        ...(random.chance(0.3) ? { compress: { level: 1 } } : {}),
      };
      const delta = deltaDisk(disk, base, Infinity);
      const child = await writeStream(await planOf(qcow2Writer, delta, 'child.qcow2', values, context));
      const parent = await writeStream(await planOf(qcow2Writer, base, 'base.qcow2', {}, { isPipe: true }));
      const image = await openMemory({ 'child.qcow2': child, 'base.qcow2': parent });
      const found = await bytesOf(readDisk(image, { inflate }));
      const about = `seed ${seed}: ${JSON.stringify(values)}`;
      expect(Buffer.compare(found.subarray(0, disk.size), await bytesOf(disk)), about).toBe(0);
      await image.close();
    }
  });
});
