import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT, withFolder } from './support/program.ts';

/** What the linter says of each file of a tree under the project's own configuration: names of rules, sorted. */
function lint(files: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, readonly string[]>> {
  return withFolder((folder) => {
    for (const name of ['.oxlintrc.json', 'tsconfig.json'])
      copyFileSync(join(ROOT, name), join(folder, name));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
    for (const [name, text] of files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const { stdout, error } = spawnSync(join(ROOT, 'node_modules/.bin/oxlint'), ['-f', 'unix'], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (error !== undefined) throw error;
    const found = new Map<string, string[]>([...files.keys()].map((file) => [file, []]));
    for (const [, file = '', rule = ''] of stdout.matchAll(
      /^(\S+?):\d+:\d+: .*\[\w+\/[\w-]+\(([\w-]+)\)\]$/gm,
    ))
      found.get(file)?.push(rule);
    for (const rules of found.values()) rules.sort();
    return found;
  });
}

/** The files of all cases. They are looked at together in one run, since a run takes its time however little there is to look at. */
const tree = new Map<string, string>();

/** Adds a file, under a name that no other case has unless it is the very same file. */
function addFile(path: string, text: string): string {
  const known = tree.get(path);
  if (known === text) return path;
  const name = known === undefined ? path : path.replace(/\.ts$/, `-${tree.size}.ts`);
  tree.set(name, text);
  return name;
}

let findings: ReadonlyMap<string, readonly string[]> = new Map();
beforeAll(async () => {
  findings = await lint(tree);
});

describe('the linter', () => {
  const cases = [
    ['a cycle', 'src/cycle.ts', "export { y as x } from './elcyc.ts';\n", 'no-cycle'],
    ['the other half of a cycle', 'src/elcyc.ts', "export { x as y } from './cycle.ts';\n", 'no-cycle'],
    [
      'a promise that nobody waits for',
      'src/a.ts',
      'const later = async (): Promise<void> => undefined;\nexport function f(): void {\n  later();\n}\n',
      'no-floating-promises',
    ],
    [
      'the process outside the command line',
      'src/ops/a.ts',
      'export const p = process.pid;\n',
      'no-restricted-globals',
    ],
    ['an any', 'src/a.ts', 'export const a = (x: any): unknown => x;\n', 'no-explicit-any'],
    [
      'a non-null assertion',
      'src/a.ts',
      'export const a = (x?: string): string => x!;\n',
      'no-non-null-assertion',
    ],
    ['a default export', 'src/a.ts', 'export default 1;\n', 'no-default-export'],
  ] as const;
  const files = cases.map(([, path, text]) => addFile(path, text));
  it.each(cases.map(([what, , , rule], index) => [what, rule, files[index] ?? ''] as const))(
    '%s is refused',
    (_, rule, file) => {
      expect(findings.get(file)).toContain(rule);
    },
  );

  it('is nothing: a plain file', () => {
    expect(findings.get(plain)).toEqual([]);
  });
  const plain = addFile('src/plain.ts', 'export const a = (x: number): number => x + 1;\n');
});
