import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, resolve } from 'node:path';
import { compileWith, type CompileResult } from './compile.ts';
import { Diagnostics } from './diagnostics.ts';
import { unreadable, type ImportSpec, type SpecSource } from './importer.ts';

/** Which files to compile, and how. */
export interface FilesRequest {
  /** Paths of specs. */
  readonly files: readonly string[];
  /** Folders below which absolute imports are looked up, in this order. */
  readonly importRoots: readonly string[];
  /** As in `CompileOptions`. */
  readonly runtime?: string;
  /** As in `CompileOptions`. */
  readonly style?: boolean;
  /** As in `CompileOptions`. */
  readonly views?: boolean;
}

/** Compiles files, and what they import. Reads specs, and writes nothing. */
export async function compileFiles({ files, importRoots, ...options }: FilesRequest): Promise<CompileResult> {
  const diagnostics = new Diagnostics();
  const { sources, importer } = readFiles(files, importRoots, diagnostics);
  return compileWith(sources, { ...options, importer }, diagnostics);
}

/** Specs as they are on the disk, and how their imports are found there. What cannot be read is told to `diagnostics`. */
export function readFiles(
  files: readonly string[],
  importRoots: readonly string[],
  diagnostics: Diagnostics,
): { readonly sources: readonly SpecSource[]; readonly importer: ImportSpec } {
  const known = new Map<string, SpecSource>();
  const importer: ImportSpec = (name, from) => {
    const places = placesOf(name, from, importRoots);
    const found = places.find((path) => existsSync(path));
    if (found === undefined) return { lookedUp: places };
    return diagnostics.attempt(() => readOnce(found, known)) ?? { lookedUp: [found] };
  };
  return {
    sources: files.flatMap((file) => diagnostics.attempt(() => readOnce(file, known)) ?? []),
    importer,
  };
}

/** A file by whatever path it is asked for is one spec, under the first of them. */
function readOnce(file: string, known: Map<string, SpecSource>): SpecSource {
  const key = resolve(file);
  const before = known.get(key);
  if (before !== undefined) return before;
  const source = { file, text: readText(file) };
  known.set(key, source);
  return source;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error instanceof Error ? error.message : String(error));
  }
}

/** Where an imported spec may lie. */
function placesOf(name: string, from: string, roots: readonly string[]): readonly string[] {
  const folders = name.startsWith('/') ? roots : [dirname(from), ...roots];
  return folders.map((folder) => shortest(normalize(join(folder, `${name}.ksy`))));
}

/** The path from here where that is shorter and does not leave the folder. */
function shortest(path: string): string {
  const nearby = relative(process.cwd(), path);
  return nearby.startsWith('..') || nearby === '' ? path : nearby;
}
