import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CheckReport } from '../../src/model/report.ts';
import { surveyLocalFolder } from '../../src/node/local.ts';
import type { MemoryFiles } from '../support/open.ts';
import { runProgram, withFolder } from '../support/program.ts';
import { buildQcow2 } from '../support/qcow2.ts';
import { assertSchema } from '../support/schemas.ts';
import { buildHosted, descriptorFile } from '../support/vmdk.ts';

const text = new TextEncoder();
const flat = (name: string) => [`RW 2048 FLAT "${name}" 0`];
const sectors = new Uint8Array(2048 * 512);

/** The folder of a machine with a snapshot, a second disk, and what is left of a third. */
const MACHINE: MemoryFiles = {
  'vm.vmdk': descriptorFile({
    cid: 'aaaaaaaa',
    extents: flat('vm-flat.vmdk'),
    more: ['changeTrackPath="vm-ctk.vmdk"'],
  }),
  'vm-flat.vmdk': sectors,
  'vm-ctk.vmdk': Uint8Array.of(0xa2, 0x72, 0x19, 0xf6, 0, 0, 0, 0),
  'vm-000001.vmdk': descriptorFile({
    ...{ cid: 'bbbbbbbb', parentCid: 'aaaaaaaa', hint: 'vm.vmdk', createType: 'monolithicSparse' },
    extents: ['RW 2048 SPARSE "vm-000001-delta.vmdk"'],
  }),
  'vm-000001-delta.vmdk': buildHosted({ capacity: 2048, grains: [0], descriptor: null }).bytes,
  'data.qcow2': buildQcow2({ clusters: { 0: 'data' } }).bytes,
  'old-s001.vmdk': buildHosted({ capacity: 2048, grains: [0], descriptor: null }).bytes,
  'old-flat.vmdk': sectors,
  'gone.vmdk': descriptorFile({ extents: flat('gone-flat.vmdk') }),
  'vm.vmx': text.encode('x'),
  'vm.vmem': text.encode('x'),
  'vmware.log': text.encode('x'),
  'notes.txt': text.encode('x'),
};

const ROLES: Readonly<Record<string, string>> = {
  'data.qcow2': 'disk',
  'gone.vmdk': 'disk',
  'notes.txt': 'other',
  'old-flat.vmdk': 'orphan',
  'old-s001.vmdk': 'orphan',
  'vm-000001-delta.vmdk': 'extent of vm-000001.vmdk',
  'vm-000001.vmdk': 'disk',
  'vm-ctk.vmdk': 'change-tracking of vm.vmdk',
  'vm-flat.vmdk': 'extent of vm.vmdk',
  'vm.vmdk': 'parent of vm-000001.vmdk',
  'vm.vmem': 'memory',
  'vm.vmx': 'settings',
  'vmware.log': 'log',
  'gone-flat.vmdk': 'missing of gone.vmdk',
};

async function survey(files: MemoryFiles): Promise<Readonly<Record<string, string>>> {
  return withFolder(async (folder) => {
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    mkdirSync(join(folder, 'below.vmdk'));
    const found = await surveyLocalFolder(folder);
    const short = (path: string): string => path.slice(folder.length + 1);
    return Object.fromEntries(
      (found?.files ?? []).map(({ path, role, of }) => [
        short(path),
        of.length === 0 ? role : `${role} of ${of.map(short).join(', ')}`,
      ]),
    );
  });
}

describe('what files are in the folder of a machine', () => {
  test('each has its role, and what is named and missing is there too', async () => {
    expect(await survey(MACHINE)).toEqual(ROLES);
  });

  test('whatever the damage is', async () => {
    for (const name of Object.keys(MACHINE))
      for (const bytes of [
        new Uint8Array(0),
        new Uint8Array(600).fill(0xff),
        MACHINE[name]?.slice(0, 300) ?? sectors,
      ]) {
        const roles = await survey({ ...MACHINE, [name]: bytes });
        expect(Object.keys(roles)).toEqual(expect.arrayContaining(Object.keys(MACHINE)));
      }
  });

  test('images that name each other, and themselves', async () => {
    const named = (hint: string) =>
      descriptorFile({ parentCid: 'aaaaaaaa', hint, extents: flat('x-flat.vmdk') });
    const roles = await survey({
      'a.vmdk': named('b.vmdk'),
      'b.vmdk': named('a.vmdk'),
      'c.vmdk': named('c.vmdk'),
    });
    expect(roles).toMatchObject({
      'a.vmdk': 'parent of b.vmdk',
      'b.vmdk': 'parent of a.vmdk',
      'c.vmdk': 'disk',
    });
  });

  test('a path that is no folder has none', async () => {
    expect(await surveyLocalFolder(join(import.meta.dirname, 'folder.test.ts'))).toBeNull();
    expect(await surveyLocalFolder('/no/such/folder')).toBeNull();
  });
});

describe('vdcheck FOLDER', () => {
  test('checks the disks in it and tells the roles', () =>
    withFolder((folder) => {
      for (const [name, bytes] of Object.entries(MACHINE)) writeFileSync(join(folder, name), bytes);
      const run = runProgram(['--output', 'json', folder]);
      const report = JSON.parse(run.stdout) as CheckReport;
      assertSchema('report', report);
      expect(report.images.map(({ path }) => path.slice(folder.length + 1))).toEqual([
        ...['data.qcow2', 'gone.vmdk', 'old-s001.vmdk', 'vm-000001.vmdk'],
      ]);
      expect(report.folders?.[0]?.files).toHaveLength(Object.keys(ROLES).length);
      expect(run.code).toBe(2);
      const human = runProgram([folder]).stdout;
      expect(human).toContain('\n  extent           vm-flat.vmdk of vm.vmdk\n');
      expect(human).toContain('\n  missing          gone-flat.vmdk of gone.vmdk\n');
    }));

  test('one of layers that name each other is checked', () =>
    withFolder((folder) => {
      const named = (hint: string) => descriptorFile({ parentCid: 'aaaaaaaa', hint });
      writeFileSync(join(folder, 'a.vmdk'), named('b.vmdk'));
      writeFileSync(join(folder, 'b.vmdk'), named('a.vmdk'));
      const report = JSON.parse(runProgram(['--output', 'json', folder]).stdout) as CheckReport;
      expect(report.images).toMatchObject([{ path: join(folder, 'a.vmdk'), verdict: 'corrupt' }]);
      expect(report.images[0]?.counts.byRule).toHaveProperty(['vmdk/parent-cycle']);
    }));

  test('a folder without a disk cannot be checked', () =>
    withFolder((folder) => {
      writeFileSync(join(folder, 'notes.txt'), 'x');
      const run = runProgram(['--output', 'json', folder]);
      expect(JSON.parse(run.stdout)).toMatchObject({ images: [{ verdict: 'unchecked' }], exitCode: 1 });
      const empty = join(folder, 'empty');
      mkdirSync(empty);
      expect(runProgram([empty]).code).toBe(1);
    }));
});
