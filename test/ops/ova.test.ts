import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseTarHeader } from '../../src/io/archive/tar-header.ts';
import { startSha256 } from '../../src/node/sha256.ts';
import { encodeTarHeader } from '../../src/ops/ova/tar.ts';
import { loadWriter } from '../../src/ops/writers.ts';
import type { Disk } from '../../src/model/disk.ts';
import type { OptionValues, Plan } from '../../src/model/writer.ts';
import { withFolder } from '../support/program.ts';
import { randomDisk, sparseDisk } from '../support/sparse-disk.ts';
import {
  contextFor,
  expectClean,
  expectDisk,
  expectQemuReads,
  hasQemuImg,
  readFiles,
  writeFiles,
  writeStream,
} from '../support/writing.ts';

async function plan(disk: Disk, isPipe = false, values: OptionValues = {}): Promise<Plan> {
  const { writer } = await loadWriter('ova');
  return writer.plan(disk, contextFor('box.ova', values, { isPipe, sha256: startSha256 }));
}

describe('an appliance', () => {
  const disk = randomDisk(7 * 2 ** 20 + 512, 20, 5);

  it('has descriptor, disk and manifest in this order, and every digest is right', async () => {
    await withFolder(async (folder) => {
      await writeFiles(folder, await plan(disk));
      const list = spawnSync('tar', ['tf', 'box.ova'], { cwd: folder, encoding: 'utf8' });
      expect(list.stdout).toBe('box.ovf\nbox-disk1.vmdk\nbox.mf\n');
      mkdirSync(join(folder, 'out'));
      expect(spawnSync('tar', ['xf', '../box.ova'], { cwd: join(folder, 'out') }).status).toBe(0);
      const read = (name: string): Buffer => readFileSync(join(folder, 'out', name));
      const lines = read('box.mf').toString().trimEnd().split('\n');
      expect(lines).toEqual(
        ['box.ovf', 'box-disk1.vmdk'].map(
          (name) => `SHA256(${name})= ${createHash('sha256').update(read(name)).digest('hex')}`,
        ),
      );
      const ovf = read('box.ovf').toString();
      expect(ovf).toContain(`ovf:size="${read('box-disk1.vmdk').length}"`);
      expect(ovf).toContain(`ovf:capacity="${disk.size}"`);
      await expectDisk(join(folder, 'out', 'box-disk1.vmdk'), disk);
      await expectClean(join(folder, 'out', 'box-disk1.vmdk'));
      if (hasQemuImg) await expectQemuReads(join(folder, 'out'), 'box-disk1.vmdk', 'vmdk', disk);
    });
  });

  it('is the same in a pipe, and as long as was planned', async () => {
    await withFolder(async (folder) => {
      const files = await plan(disk);
      await writeFiles(folder, files);
      const piped = await plan(disk, true);
      const stream = await writeStream(piped);
      expect(piped.files[0]?.size).toBe(stream.length);
      expect(Buffer.compare(stream, readFiles(folder, files)[0] ?? new Uint8Array(0))).toBe(0);
    });
  });

  it('says what the machine is to have, whatever characters its name has', async () => {
    await withFolder(async (folder) => {
      const values = { name: 'a<b>&"c"', cpus: 4, memory: 3 * 2 ** 30, adapter_type: 'ide', hwversion: '14' };
      writeFileSync(join(folder, 'box.ova'), await writeStream(await plan(disk, true, values)));
      expect(spawnSync('tar', ['xf', 'box.ova'], { cwd: folder }).status).toBe(0);
      const ovf = readFileSync(join(folder, 'box.ovf'), 'utf8');
      expect(ovf).toContain('<Name>a&lt;b&gt;&amp;&quot;c&quot;</Name>');
      expect(ovf).toMatch(/<rasd:VirtualQuantity>4</);
      expect(ovf).toMatch(/<rasd:VirtualQuantity>3072</);
      expect(ovf).toContain('vmx-14');
      expect(ovf).toMatch(/<rasd:ResourceType>5</);
      expect(readdirSync(folder)).toHaveLength(4);
    });
  });

  it.each<readonly [OptionValues, RegExp]>([
    [{ cpus: 0 }, /cpus/],
    [{ memory: 0 }, /memory/],
    [{ hwversion: 'x' }, /hwversion/],
  ])('%j is refused', async (values, message) => {
    await expect(plan(sparseDisk(2 ** 20, []), false, values)).rejects.toThrow(message);
  });
});

describe('headers of tar', () => {
  it.each([0, 1, 8 ** 11 - 1, 8 ** 11, 2 ** 40 + 12_345, 2 ** 52])('have a size of %d', (size) => {
    const header = parseTarHeader(encodeTarHeader('disk.vmdk', size, 1_700_000_000));
    expect(header).toEqual({ name: 'disk.vmdk', size, type: '0', isExtended: false });
  });

  it('refuse names that do not fit', () => {
    expect(() => encodeTarHeader('x'.repeat(101), 1, 0)).toThrow(/too long/);
  });
});
