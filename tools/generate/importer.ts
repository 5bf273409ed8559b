import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, resolve } from 'node:path';
import { SpecError, type Diagnostics, type Place } from './diagnostics.ts';
import type { SpecFile } from './model.ts';
import { readSpec } from './read-spec.ts';

/** Loads specs and everything that they import, each file once. */
export class Importer {
  readonly #loaded = new Map<string, SpecFile | undefined>();
  /** The specs by their ids, each with its text. */
  readonly #known = new Map<string, { readonly spec: SpecFile; readonly text: string }>();
  readonly #roots: readonly string[];
  readonly #diagnostics: Diagnostics;

  /** `roots` are the folders below which absolute imports are looked up, in this order. */
  constructor(roots: readonly string[], diagnostics: Diagnostics) {
    this.#roots = roots;
    this.#diagnostics = diagnostics;
  }

  /** All specs that were loaded without an error of their own, in the order in which they were asked for. */
  get specs(): readonly SpecFile[] {
    return [...new Set(this.#loaded.values())].filter((spec) => spec !== undefined);
  }

  /** The files that were asked for. */
  get files(): readonly string[] {
    return [...this.#loaded.keys()];
  }

  /** Loads one file and its imports; undefined where it cannot be read. `from` is where it is imported, if it is. */
  load(file: string, from?: Place): SpecFile | undefined {
    const key = resolve(file);
    if (this.#loaded.has(key)) return this.#loaded.get(key);
    this.#loaded.set(key, undefined);
    const text = this.#read(file);
    const read = text === undefined ? undefined : readSpec(text, file, this.#diagnostics);
    const spec = read && this.#only(read, text ?? '', from);
    this.#loaded.set(key, spec);
    if (spec !== read) return spec;
    for (const { name, place } of spec?.importNames ?? []) {
      const imported = this.#diagnostics.attempt(() => {
        const found = this.#find(name, file);
        if (found === undefined)
          throw new SpecError(
            place,
            `unable to find '${name}.ksy', looked up in ${this.#places(name, file).join(', ')}`,
          );
        return this.load(found, place);
      });
      if (imported !== undefined) spec?.imports.set(imported.id, imported);
      else spec?.brokenImports.add(name.split('/').at(-1) ?? name);
    }
    return spec;
  }

  /** The spec itself, or the same one from elsewhere. Another one of the same id is an error: both would be one module. */
  #only(spec: SpecFile, text: string, from: Place | undefined): SpecFile {
    const known = this.#known.get(spec.id) ?? { spec, text };
    this.#known.set(spec.id, known);
    if (known.text !== text) {
      const message = `${spec.file} has the id '${spec.id}' of ${known.spec.file}`;
      this.#diagnostics.error(from ?? spec.place, `${message}: only one of them can be ${spec.id}.ts`);
    }
    return known.spec;
  }

  #read(file: string): string | undefined {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      const reason = error instanceof Error ? `: ${error.message}` : '';
      this.#diagnostics.error({ file, path: [], line: 1, column: 1 }, `unable to read the file${reason}`);
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
