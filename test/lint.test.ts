import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, withFolder } from './support/program.ts';

/** What the linter says of a tree of files under the project's own configuration: `rule at file`, sorted. */
function lint(files: Readonly<Record<string, string>>): Promise<string[]> {
  return withFolder((folder) => {
    for (const name of ['.oxlintrc.json', 'tsconfig.json'])
      copyFileSync(join(ROOT, name), join(folder, name));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const { stdout, error } = spawnSync(join(ROOT, 'node_modules/.bin/oxlint'), ['-f', 'unix'], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (error !== undefined) throw error;
    const found = [...stdout.matchAll(/^(\S+?):\d+:\d+: .*\[\w+\/[\w-]+\(([\w-]+)\)\]$/gm)];
    return found.map(([, file, rule]) => `${rule} at ${file}`).sort();
  });
}

/** A tree of two files: `importer` imports `imported`. */
function importing(importer: string, imported: string): Record<string, string> {
  const path = relative(dirname(importer), imported);
  const specifier = path.startsWith('.') ? path : `./${path}`;
  return {
    [imported]: 'export const x = 1;\n',
    [importer]: `export { x } from '${specifier}';\n`,
  };
}

describe('layers: each of these imports is refused', () => {
  it.each([
    ['src/io/a.ts', 'src/model/x.ts'],
    ['src/codec/a.ts', 'src/io/x.ts'],
    ['generated/a.ts', 'src/model/x.ts'],
    ['src/model/a.ts', 'src/formats/x.ts'],
    ['src/formats/vhd/a.ts', 'src/formats/vmdk/x.ts'],
    ['src/formats/vhd/rules/a.ts', 'src/formats/qcow2/x.ts'],
    ['src/formats/qcow2/a.ts', 'src/ops/x.ts'],
    ['src/formats/shared/a.ts', 'src/formats/vhd/x.ts'],
    ['src/ops/a.ts', 'src/report/x.ts'],
    ['src/ops/a.ts', 'src/formats/vhd/x.ts'],
    ['src/report/a.ts', 'src/ops/x.ts'],
    ['src/report/a.ts', 'src/codec/x.ts'],
    ['src/cli/a.ts', 'src/formats/vhd/x.ts'],
    ['src/cli/a.ts', 'src/io/x.ts'],
  ])('%s of %s', async (importer, imported) => {
    expect(await lint(importing(importer, imported))).toEqual([`no-restricted-imports at ${importer}`]);
  });
});

describe('layers: each of these imports is allowed', () => {
  it.each([
    ['generated/a.ts', 'src/codec/x.ts'],
    ['src/model/a.ts', 'src/io/x.ts'],
    ['src/formats/vhd/a.ts', 'generated/vhd.ts'],
    ['src/formats/vhd/rules/a.ts', 'src/formats/vhd/x.ts'],
    ['src/formats/vhd/rules/a.ts', 'src/formats/shared/x.ts'],
    ['src/ops/a.ts', 'src/formats/index.ts'],
    ['src/ops/a.ts', 'src/model/report.ts'],
    ['src/report/a.ts', 'src/model/x.ts'],
    ['src/cli/a.ts', 'src/report/x.ts'],
    ['src/cli/a.ts', 'src/ops/x.ts'],
    ['src/cli.ts', 'src/cli/x.ts'],
  ])('%s of %s', async (importer, imported) => {
    expect(await lint(importing(importer, imported))).toEqual([]);
  });
});

describe('besides layers', () => {
  it.each([
    [
      'a cycle',
      { 'src/a.ts': "export { y as x } from './b.ts';\n", 'src/b.ts': "export { x as y } from './a.ts';\n" },
      'no-cycle',
    ],
    [
      'a promise that nobody waits for',
      {
        'src/a.ts':
          'const later = async (): Promise<void> => undefined;\nexport function f(): void {\n  later();\n}\n',
      },
      'no-floating-promises',
    ],
    [
      'the process outside the command line',
      { 'src/ops/a.ts': 'export const p = process.pid;\n' },
      'no-restricted-globals',
    ],
    ['an any', { 'src/a.ts': 'export const a = (x: any): unknown => x;\n' }, 'no-explicit-any'],
    [
      'a non-null assertion',
      { 'src/a.ts': 'export const a = (x?: string): string => x!;\n' },
      'no-non-null-assertion',
    ],
    ['a default export', { 'src/a.ts': 'export default 1;\n' }, 'no-default-export'],
  ])('%s is refused', async (_, files, rule) => {
    expect((await lint(files)).join()).toContain(rule);
  });
});
