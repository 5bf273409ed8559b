import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram, withFolder } from '../support/program.ts';

/** What bash offers for a command line whose last word is being typed. */
function completeInBash(...words: string[]): string[] {
  const script = `${runProgram(['completion', 'bash']).stdout}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _vdcheck; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '');
}

describe('bash', () => {
  it.each([
    [['vdcheck', 'in'], ['info']],
    [['vdcheck', 'info', '--back'], ['--backing-chain']],
    [['vdcheck', 'disk.vmdk', '--str'], ['--strict']],
    [['vdcheck', 'map', '-f', 'vp'], ['vpc']],
    [['vdcheck', 'check', '--depth', 'h'], ['header']],
    [['vdcheck', 'completion', 'f'], ['fish']],
    [['vdcheck', 'map', '--str'], []],
    [['vdcheck', 'map', '--jo'], []],
    [['vdcheck', 'check', '--output', 'sa'], ['sarif']],
  ])('%j', (words, offered) => {
    expect(completeInBash(...words)).toEqual(offered);
  });
});

describe.each(['zsh', 'fish'])('%s', (shell) => {
  it('has a script that names every command', () => {
    const { stdout } = runProgram(['completion', shell]);
    for (const name of ['check', 'info', 'dump', 'map', 'rules']) expect(stdout).toContain(name);
  });

  it.skipIf(spawnSync(shell, ['--version']).error !== undefined)(
    'takes its script (skipped where it is absent)',
    () => {
      // From a file: with -n, fish reads no standard input.
      return withFolder((folder) => {
        const file = join(folder, 'completion');
        writeFileSync(file, runProgram(['completion', shell]).stdout);
        const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
        expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      });
    },
  );
});
