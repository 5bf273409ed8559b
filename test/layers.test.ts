import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { circlesOf, importsOf, readImports, type ImportGraph } from './support/imports.ts';
import { ROOT } from './support/program.ts';

/** One row of the table of layers: files whose paths begin with `path`, and what they may import besides themselves. */
interface Layer {
  readonly path: string;
  readonly allowed: readonly string[];
}

/** A folder of one format stands for all of them. */
const ANY_FORMAT = 'src/formats/<id>/';

/** The table in ARCHITECTURE.md, which is what this test holds the imports to. */
function readLayers(): readonly Layer[] {
  const text = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
  const rows = [...text.matchAll(/^\| (`[^|]+`) +\|[^|]*\| ([^|]+?) +\|$/gm)];
  return rows.flatMap(([, paths = '', allowed = '']) =>
    codesIn(paths).map((path) => ({ path, allowed: codesIn(allowed) })),
  );
}

/** The parts of a cell that are set as code. */
function codesIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, code]) => code ?? []);
}

const layers = readLayers();

/** The row that a file belongs to: the one with the longest path, its format's id put in the place of `<id>`. */
function layerOf(file: string, known: readonly Layer[]): Layer | undefined {
  const fitting = known.filter(({ path }) => belongsTo(file, path));
  return fitting.sort((a, b) => weight(b.path) - weight(a.path))[0];
}

/** A path by name counts more than the same with `<id>`, which fits every folder. */
function weight(path: string): number {
  return path === ANY_FORMAT ? path.indexOf('<') : path.length;
}

function belongsTo(file: string, path: string): boolean {
  if (path === ANY_FORMAT) return formatOf(file) !== null;
  return path.endsWith('/') ? file.startsWith(path) : file === path;
}

/** The folder of a format that a file is in. */
function formatOf(file: string): string | null {
  return /^src\/formats\/([^/]+)\//.exec(file)?.[1] ?? null;
}

/** Imports that the table does not allow, as `importer -> imported`. */
function wrongImports(graph: ImportGraph, known: readonly Layer[]): readonly string[] {
  return [...graph].flatMap(([file, imported]) =>
    imported
      .filter((target) => (isOurs(target) ? !mayImport(file, target, known) : !mayLeave(file, target)))
      .map((target) => `${file} -> ${target}`),
  );
}

function isOurs(target: string): boolean {
  return target.includes('.') || target.startsWith('src/');
}

/** Folders whose files may import modules of Node; all others run anywhere. */
const NODE_FOLDERS = ['src/io/', 'src/node/', 'src/fast/', 'src/cli/'];
/** Folders whose files may import packages. */
const PACKAGE_FOLDERS = [...NODE_FOLDERS, 'src/codec/', 'src/browser/'];

function mayLeave(file: string, target: string): boolean {
  const folders = target.startsWith('node:') ? NODE_FOLDERS : PACKAGE_FOLDERS;
  return folders.some((folder) => file.startsWith(folder));
}

function mayImport(file: string, target: string, known: readonly Layer[]): boolean {
  const layer = layerOf(file, known);
  const other = layerOf(target, known);
  if (layer === undefined) return false;
  if (layer === other) return layer.path !== ANY_FORMAT || formatOf(file) === formatOf(target);
  return layer.allowed.some((path) => path === other?.path || path === target);
}

const graph = readImports(['src', 'generated']);

describe('the table of layers', () => {
  test('has a row for every file', () => {
    expect(graph.size).toBeGreaterThan(300);
    expect([...graph.keys()].filter((file) => layerOf(file, layers) === undefined)).toEqual([]);
  });

  test('names what exists, and nothing twice', () => {
    const paths = layers.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    for (const path of [...paths, ...layers.flatMap(({ allowed }) => allowed)])
      expect(path.includes('<') || existsSync(join(ROOT, path)), path).toBe(true);
  });
});

describe('imports', () => {
  test('of every file are those that the table allows', () => {
    expect(wrongImports(graph, layers)).toEqual([]);
  });

  test('make no circle of more than two files, those of types counted', () => {
    expect(circlesOf(graph).filter((circle) => circle.length > 2)).toEqual([]);
  });

  test.each([
    ['src/io/a.ts', 'src/model/x.ts'],
    ['src/codec/a.ts', 'src/io/x.ts'],
    ['generated/a.ts', 'src/model/x.ts'],
    ['src/model/a.ts', 'src/formats/index.ts'],
    ['src/formats/one/a.ts', 'src/formats/another/x.ts'],
    ['src/formats/one/rules/a.ts', 'src/formats/another/layout/x.ts'],
    ['src/formats/one/a.ts', 'src/formats/index.ts'],
    ['src/formats/one/a.ts', 'src/ops/x.ts'],
    ['src/formats/shared/a.ts', 'src/formats/one/x.ts'],
    ['src/formats/shared/a.ts', 'generated/x.ts'],
    ['src/ops/a.ts', 'src/report/x.ts'],
    ['src/ops/a.ts', 'src/formats/one/x.ts'],
    ['src/report/a.ts', 'src/ops/x.ts'],
    ['src/report/a.ts', 'src/codec/x.ts'],
    ['src/cli/a.ts', 'src/formats/one/x.ts'],
    ['src/cli/a.ts', 'src/io/x.ts'],
    ['src/nowhere/a.ts', 'src/io/x.ts'],
    ['src/ops/a.ts', 'node:fs'],
    ['src/codec/a.ts', 'node:zlib'],
    ['src/formats/one/a.ts', 'undici'],
  ])('of %s do not include %s', (file, target) => {
    expect(wrongImports(new Map([[file, [target]]]), layers)).toEqual([`${file} -> ${target}`]);
  });
});

describe('the reading of imports', () => {
  test('finds types, values, exports, effects and what is loaded later', () => {
    const text = `
      import type { A } from './a.ts';
      import {
        b,
      } from '../b.ts';
      export * from './c.ts';
      import './d.ts';
      const e = async () => (await import('./e.ts')).e;
      import { readFileSync } from 'node:fs';`;
    expect(importsOf(text)).toEqual(['./a.ts', '../b.ts', './c.ts', './d.ts', './e.ts', 'node:fs']);
  });

  test('finds circles, whole and apart', () => {
    const files: ImportGraph = new Map([
      ['a', ['b', 'd']],
      ['b', ['c']],
      ['c', ['a', 'e']],
      ['d', ['e']],
      ['e', ['f']],
      ['f', ['e', 'outside']],
      ['g', ['g', 'a']],
    ]);
    const circles = circlesOf(files).map((circle) => [...circle].sort().join(''));
    expect([...circles].sort()).toEqual(['abc', 'ef']);
  });
});
