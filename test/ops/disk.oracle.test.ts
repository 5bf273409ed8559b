import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inflate } from '../../src/node/inflate.ts';
import { openLocalImage } from '../../src/node/local.ts';
import { readDisk } from '../../src/ops/disk.ts';
import { Random } from '../support/layouts/index.ts';

const hasQemu = ['qemu-img', 'qemu-io'].every((tool) => spawnSync(tool, ['--version']).status === 0);
if (!hasQemu && process.env['REQUIRE_PEERS'] === '1') throw new Error('qemu-img and qemu-io are required');
if (!hasQemu) console.warn('SKIPPED: qemu-img or qemu-io is not installed, so no disk is read beside it');

const folder = mkdtempSync(join(tmpdir(), 'vdcheck-disk-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const run = (tool: string, ...args: readonly string[]): void =>
  void execFileSync(tool, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder });

async function guestOf(name: string): Promise<Uint8Array> {
  const { image } = await openLocalImage(at(name), { rawFallback: true });
  const disk = readDisk(image, { inflate });
  const bytes = new Uint8Array(disk.size);
  for await (const chunk of disk.chunks()) if (chunk.kind === 'data') bytes.set(chunk.bytes, chunk.start);
  await image.close();
  return bytes;
}

/** What `qemu-img convert` makes of an image. */
function truthOf(name: string, format: string): Uint8Array {
  run('qemu-img', 'convert', '-f', format, '-O', 'raw', name, 'truth.raw');
  const bytes = readFileSync(at('truth.raw'));
  rmSync(at('truth.raw'));
  return bytes;
}

async function expectEqual(name: string, format: string): Promise<void> {
  const [ours, theirs] = [await guestOf(name), truthOf(name, format)];
  expect(ours.length).toBe(theirs.length);
  expect(Buffer.compare(ours, theirs)).toBe(0);
}

const SIZE = 5 * 1024 * 1024 + 7 * 512;

/** A disk of zeros, text and noise, no multiple of anything. */
function writeContents(): void {
  const random = new Random(7);
  const bytes = new Uint8Array(SIZE);
  for (let start = 0; start < SIZE; start += 40_000)
    if (random.chance(0.5)) bytes.set(random.bytes(Math.min(random.int(1, 40_000), SIZE - start)), start);
  writeFileSync(at('contents.raw'), bytes);
}

const VARIANTS: readonly (readonly [string, string])[] = [
  ...['512', '4k', '64k', '2M'].map((size) => ['qcow2', `cluster_size=${size}`] as const),
  ...['16k', '64k'].map((size) => ['qcow2', `cluster_size=${size},extended_l2=on`] as const),
  ['qcow2', 'compat=0.10'],
  ['qcow2', 'refcount_bits=1'],
  ['qcow2', 'preallocation=metadata'],
  ['qcow2', 'data_file=disk.data'],
  ['qcow2', 'data_file=disk.data,data_file_raw=on'],
  ['vpc', 'subformat=dynamic,force_size=on'],
  ['vmdk', 'subformat=monolithicSparse'],
  ['vmdk', 'subformat=monolithicFlat'],
  ['vmdk', 'subformat=twoGbMaxExtentSparse'],
  ['vmdk', 'subformat=twoGbMaxExtentFlat'],
  ['vmdk', 'subformat=streamOptimized'],
  ['vmdk', 'subformat=monolithicSparse,zeroed_grain=on'],
  ['vdi', 'static=off'],
  ['vdi', 'static=on'],
];

describe.skipIf(!hasQemu)('what qemu-img writes is read as it reads it', () => {
  it.each(VARIANTS)('%s %s', async (format, options) => {
    writeContents();
    run('qemu-img', 'convert', '-O', format, '-o', options, 'contents.raw', 'disk');
    await expectEqual('disk', format);
  });

  it.each(['zlib', 'zstd'])('qcow2 compressed with %s, next to clusters that are not', async (method) => {
    writeContents();
    for (const clusterSize of ['4k', '64k', '1M']) {
      const options = `compression_type=${method},cluster_size=${clusterSize}`;
      run('qemu-img', 'convert', '-c', '-O', 'qcow2', '-o', options, 'contents.raw', 'packed');
      run('qemu-io', '-f', 'qcow2', '-c', 'write -P 7 100k 3000', '-c', 'write -z 2M 256k', 'packed');
      await expectEqual('packed', 'qcow2');
    }
  });

  it('chains of two and five layers, of other sizes and formats', async () => {
    writeContents();
    const random = new Random(11);
    run('qemu-img', 'convert', '-O', 'vmdk', 'contents.raw', 'layer0');
    let below = 'vmdk';
    for (let layer = 1; layer <= 5; layer++) {
      const size = SIZE - (SIZE % 65_536) + random.int(-20, 20) * 65_536;
      const options = `cluster_size=${random.pick(['512', '4k', '64k'])}`;
      run(
        ...(['qemu-img', 'create', '-q', '-f', 'qcow2', '-o', options] as const),
        ...(['-b', `layer${layer - 1}`, '-F', below, `layer${layer}`, String(size)] as const),
      );
      const writes = Array.from({ length: 12 }, () => {
        const start = random.int(0, size / 512 - 1000) * 512;
        const length = random.int(1, 500) * 512;
        return random.chance(0.3)
          ? `write -z ${start} ${length}`
          : `write -P ${random.int(1, 255)} ${start} ${length}`;
      });
      run('qemu-io', '-f', 'qcow2', ...writes.flatMap((write) => ['-c', write]), `layer${layer}`);
      await expectEqual(`layer${layer}`, 'qcow2');
      below = 'qcow2';
    }
  });

  it('VMDK snapshots of snapshots', async () => {
    writeContents();
    run('qemu-img', 'convert', '-O', 'vmdk', 'contents.raw', 'snap0.vmdk');
    for (let layer = 1; layer <= 2; layer++) {
      run(
        'qemu-img',
        'create',
        '-q',
        '-f',
        'vmdk',
        '-b',
        `snap${layer - 1}.vmdk`,
        '-F',
        'vmdk',
        `snap${layer}.vmdk`,
      );
      run('qemu-io', '-f', 'vmdk', '-c', `write -P ${layer} ${layer}M 100k`, `snap${layer}.vmdk`);
      await expectEqual(`snap${layer}.vmdk`, 'vmdk');
    }
  });
});
