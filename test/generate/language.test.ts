import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileFiles as compile } from '../../tools/generate/compile-files.ts';
import type { CompileResult } from '../../tools/generate/compile.ts';
import { compileWithKsc } from '../../tools/generate/gate.ts';
import { openWorkspace, RUNTIME } from './conformance/workspace.ts';

const FOLDER = fileURLToPath(new URL('specs', import.meta.url));
const OWN = fileURLToPath(new URL('../../specs', import.meta.url));

function specsIn(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.ksy'))
    .sort()
    .map((name) => join(folder, name));
}

/** The reference compiler has faults of its own with these: enums of 64 bits, and names that JavaScript reserves. */
const NOT_FOR_REFERENCE = new Set(['everything.ksy', 'taken_names.ksy', 'layout_of_all.ksy']);

describe('specs that use the whole language', () => {
  const workspace = openWorkspace('language');
  const results = new Map<string, CompileResult>();
  let errors: ReadonlyMap<string, readonly string[]> = new Map();

  beforeAll(async () => {
    for (const file of [...specsIn(FOLDER), ...specsIn(OWN)]) {
      const result = await compile({ files: [file], importRoots: [FOLDER], runtime: RUNTIME });
      results.set(file, result);
      for (const [name, text] of result.modules) workspace.add(name, text);
    }
    errors = await workspace.typeErrors();
  });

  it.each(specsIn(FOLDER).concat(specsIn(OWN)))('%s compiles to strict TypeScript', (file) => {
    expect(results.get(file)?.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(errors.get(basename(file, '.ksy')) ?? []).toEqual([]);
  });

  it.each(specsIn(FOLDER).concat(specsIn(OWN)))('%s is accepted by the reference compiler', async (file) => {
    if (NOT_FOR_REFERENCE.has(basename(file))) return;
    expect(await compileWithKsc(file, [FOLDER])).toMatchObject({ kind: 'accepted' });
  });

  it('gives the same text twice, and no any or non-null assertion in it', async () => {
    const file = join(FOLDER, 'everything.ksy');
    const again = await compile({ files: [file], importRoots: [FOLDER], runtime: RUNTIME });
    expect(again.modules).toEqual(results.get(file)?.modules);
    for (const { modules } of results.values()) {
      for (const text of modules.values()) expect(text).not.toMatch(/\bany\b(?=[>,;)\]])|\w!\.|as never/);
    }
  });

  it('tells types of one name apart by the types around them', async () => {
    const module = await workspace.load('same_names');
    expect(Object.keys(module).sort()).toEqual(
      [
        'Bar',
        'BarFoo',
        'Baz',
        'BazBar',
        'BazBarFoo',
        'FooE',
        'E',
        'Foo',
        'FooFoo',
        'FooFooFoo',
        'SameNames',
      ].sort(),
    );
  });

  it('keeps what the runtime is called free for specs', async () => {
    const module = await workspace.load('taken_names');
    expect(Object.keys(module)).toEqual(
      expect.arrayContaining(['Structure', 'ByteReader', 'String', 'OpenEnum', 'TakenNames']),
    );
  });
});
