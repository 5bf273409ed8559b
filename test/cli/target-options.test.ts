import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram, withFolder } from '../support/program.ts';

describe('create --for', () => {
  it.each([
    ['azure', 'vhd', 'vhd fixed'],
    ['esx', 'vmdk', 'vmdk streamOptimized'],
    ['aws', 'vmdk', 'vmdk streamOptimized'],
    ['xen', 'vhd', 'vhd dynamic'],
    ['virtualbox', 'vdi', 'vdi dynamic'],
    ['glance', 'qcow2', 'qcow2 v3'],
  ])('%s writes the kind of %s that it takes', (target, format, kind) =>
    withFolder((folder) => {
      const made = runProgram(['create', '-f', format, '--for', target, 'disk.img', '64M'], { cwd: folder });
      expect(made).toEqual({ stdout: '', stderr: '', code: 0 });
      const { stdout, code } = runProgram(['--for', target, 'disk.img'], { cwd: folder });
      expect(stdout).toContain(`(${kind}, 64 MiB`);
      expect(stdout).toMatch(new RegExp(`^${target}: takes it`, 'm'));
      expect(code).toBe(0);
    }),
  );

  it.each([
    [['-f', 'raw', '--for', 'azure'], 'Azure does not take raw; write -O vhd -o subformat=fixed'],
    [['-f', 'vhd', '-o', 'subformat=dynamic', '--for', 'azure'], 'Azure needs subformat=fixed, not dynamic'],
    [['-f', 'vhd', '--for', 'hyperv', '--for', 'esx'], 'ESXi does not take vhd'],
    [['-f', 'vhd', '--for', 'azurr'], "did you mean 'azure'?"],
  ])('%j is refused, and nothing is written', (args, message) =>
    withFolder((folder) => {
      const { stderr, code } = runProgram(['create', ...args, 'disk.img', '64M'], { cwd: folder });
      expect(stderr).toContain(message);
      expect(code).toBe(1);
      expect(existsSync(join(folder, 'disk.img'))).toBe(false);
    }),
  );
});
