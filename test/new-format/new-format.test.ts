import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, withFolder } from '../support/program.ts';

/** What the steps below need of the project: all of it but the tests of the formats that are there. */
const COPIED = [
  ...['src', 'specs', 'generated', 'tools', 'test/support', 'test/layers.test.ts', 'test/rules.test.ts'],
  ...['test/formats/conformance.ts', 'test/formats/conformance.test.ts', 'test/formats/folders.ts'],
  ...['fuzz/setup.ts', 'ARCHITECTURE.md', 'package.json', 'tsconfig.json', 'vitest.config.ts'],
];

/** The files of a format that does nothing much, as CONTRIBUTING.md asks for them; they end in `.txt` so that nothing else takes them for its own. */
const recipe = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.txt'),
);

/** The one change of a file that is there: an import and a word. */
function listFormat(path: string): void {
  const text = readFileSync(path, 'utf8');
  const changed = text
    .replace(/^import \{ raw \}/m, "import { toy } from './toy/index.ts';\nimport { raw }")
    .replace(', raw]', ', toy, raw]');
  expect(changed.length - text.length).toBe("import { toy } from './toy/index.ts';\n, toy".length);
  writeFileSync(path, changed);
}

test('a format that is added as CONTRIBUTING.md says is picked up everywhere', async () => {
  await withFolder((folder) => {
    for (const name of COPIED) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
    for (const name of recipe) {
      const path = join(folder, name.slice(0, -'.txt'.length));
      mkdirSync(dirname(path), { recursive: true });
      copyFileSync(join(import.meta.dirname, name), path);
    }
    listFormat(join(folder, 'src/formats/index.ts'));
    const run = (...args: readonly string[]): string => {
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
      if (status !== 0) throw new Error(`${args.join(' ')}\n${stdout}${stderr}`);
      return stdout;
    };

    expect(run('tools/generate.mjs')).toContain('added toy.ts');
    const bin = (name: string): string => join(ROOT, 'node_modules', name);
    // What else is in the tests' support need not compile without the tests that use it.
    const include = ['src', 'generated', 'test/formats'];
    writeFileSync(join(folder, 'tsconfig.new.json'), JSON.stringify({ extends: './tsconfig.json', include }));
    run(bin('typescript/bin/tsc'), '-p', 'tsconfig.new.json');
    const tests = ['test/formats/conformance.test.ts', 'test/layers.test.ts', 'test/rules.test.ts'];
    const told = run(bin('vitest/vitest.mjs'), 'run', '-t', 'toy|imports', '--reporter', 'json', ...tests);
    const { numPassedTests, numFailedTests } = JSON.parse(told.slice(told.indexOf('{'))) as Record<
      string,
      number
    >;
    expect(numFailedTests).toBe(0);
    // One seed with seven tests, three rules with a case each and whether all have one, three explanations, and the imports.
    expect(numPassedTests).toBeGreaterThanOrEqual(15);
    const help = run('--import', 'tsx', 'src/cli.ts', '--help');
    expect(help).toContain('toy');
    const disk = join(folder, 'disk.toy');
    writeFileSync(disk, 'TOYDISK1\0\x10\0\0');
    const checked = run('--import', 'tsx', 'src/cli.ts', 'check', '--exit-zero', '--output', 'json', disk);
    expect(JSON.parse(checked)).toMatchObject({
      images: [{ format: 'toy', counts: { byRule: { 'toy/cut-off': 1 } } }],
    });
  });
});
