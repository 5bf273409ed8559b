import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, resolve } from 'node:path';
import { SpecError, type Diagnostics } from './diagnostics.ts';
import type { SpecFile } from './model.ts';
import { readSpec } from './read-spec.ts';

/** Loads specs and everything that they import, each file once. */
export class Importer {
  readonly #loaded = new Map<string, SpecFile | undefined>();
  readonly #roots: readonly string[];
  readonly #diagnostics: Diagnostics;

  /** `roots` are the folders below which absolute imports are looked up, in this order. */
  constructor(roots: readonly string[], diagnostics: Diagnostics) {
    this.#roots = roots;
    this.#diagnostics = diagnostics;
  }

  /** All specs that were loaded without an error of their own, in the order in which they were asked for. */
  get specs(): readonly SpecFile[] {
    return [...this.#loaded.values()].filter((spec) => spec !== undefined);
  }

  /** Loads one file and its imports; undefined where it cannot be read. */
  load(file: string): SpecFile | undefined {
    const key = resolve(file);
    if (this.#loaded.has(key)) return this.#loaded.get(key);
    this.#loaded.set(key, undefined);
    const text = this.#read(file);
    const spec = text === undefined ? undefined : readSpec(text, file, this.#diagnostics);
    this.#loaded.set(key, spec);
    for (const { name, place } of spec?.importNames ?? []) {
      const imported = this.#diagnostics.attempt(() => {
        const found = this.#find(name, file);
        if (found === undefined)
          throw new SpecError(
            place,
            `unable to find '${name}.ksy', looked up in ${this.#places(name, file).join(', ')}`,
          );
        return this.load(found);
      });
      if (imported !== undefined) spec?.imports.set(imported.id, imported);
    }
    return spec;
  }

  #read(file: string): string | undefined {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      this.#diagnostics.error({ file, path: [], line: 1, column: 1 }, 'unable to read the file');
      return undefined;
    }
  }

  #find(name: string, from: string): string | undefined {
    return this.#places(name, from).find((path) => existsSync(path));
  }

  #places(name: string, from: string): readonly string[] {
    const folders = name.startsWith('/') ? this.#roots : [dirname(from), ...this.#roots];
    return folders.map((folder) => shortest(normalize(join(folder, `${name}.ksy`))));
  }
}

/** The path from here where that is shorter and does not leave the folder. */
function shortest(path: string): string {
  const nearby = relative(process.cwd(), path);
  return nearby.startsWith('..') || nearby === '' ? path : nearby;
}
