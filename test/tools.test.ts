import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
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

/** The sources that a pattern is found in. */
function sourcesWith(pattern: RegExp): readonly string[] {
  const src = join(ROOT, 'src');
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|cjs)$/.test(name) && pattern.test(readFileSync(join(src, name), 'utf8')))
    .map((name) => name.replaceAll('\\', '/'));
}

it('no flag of the engine is set at run time', () => {
  expect(sourcesWith(/setFlagsFromString|NODE_OPTIONS|v8-options|node:v8/)).toEqual([]);
});

it('the program is tested on the oldest Node that it promises to run on', () => {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    engines: { node: string };
  };
  const script = readFileSync(join(ROOT, 'tools/test-nodes.mjs'), 'utf8');
  expect(script).toContain(`'${engines.node.replace('>=', '')}.0'`);
});

it('nothing is written but output, and the files that a command makes: no other code knows a call that writes', () => {
  const calls =
    /\b(write|writev|writeFile|appendFile|ftruncate|truncate|unlink|rm|rename|mkdir|copyFile|link|symlink|chmod|utimes)Sync\b|createWriteStream|fs\/promises/;
  expect(sourcesWith(calls).toSorted()).toEqual([
    'cli/output.ts',
    'node/access/spool.ts',
    'node/file-system.ts',
  ]);
});
