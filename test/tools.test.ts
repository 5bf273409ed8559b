import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './support/program.ts';

/** What a script of `tools/` exports, run as the scripts run: by Node itself, without a compiler. */
function callTool(expression: string): unknown {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', expression], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout);
}

describe('arguments of npm test', () => {
  it.each([
    [[], ['run']],
    [['test/a.test.ts'], ['run', 'test/a.test.ts']],
    [
      ['--update', 'test/a.test.ts', '-t', 'name'],
      ['run', 'test/a.test.ts', '-t', 'name', '--update'],
    ],
  ])('%j', (args, expected) => {
    const script = `import { vitestArguments } from './tools/vitest-args.mjs';
      console.log(JSON.stringify(vitestArguments(${JSON.stringify(args)})));`;
    expect(callTool(script)).toEqual(expected);
  });
});

it('no flag of the engine is set at run time', () => {
  const { stdout } = spawnSync(
    'git',
    ['grep', '-nE', 'setFlagsFromString|NODE_OPTIONS|v8-options', '--', 'src'],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  );
  expect(stdout).toBe('');
});

it('the program is tested on the oldest Node that it promises to run on', () => {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    engines: { node: string };
  };
  const script = readFileSync(join(ROOT, 'tools/test-nodes.mjs'), 'utf8');
  expect(script).toContain(`'${engines.node.replace('>=', '')}.0'`);
});
