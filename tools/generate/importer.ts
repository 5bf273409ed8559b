import { SpecError, type Diagnostics, type Place } from './diagnostics.ts';
import type { SpecFile } from './model.ts';
import { readSpec } from './read-spec.ts';

/** A spec that was found. */
export interface SpecSource {
  /** What messages call it, and what imports of its own are told that they come from. */
  readonly file: string;
  readonly text: string;
}

/** A spec that was not found, and where it was looked for. */
export interface NotFound {
  readonly lookedUp: readonly string[];
}

/**
 * Finds an imported spec: `name` as `meta/imports` has it, `common/vlq` for one, with a slash at its beginning where it is an absolute
 * one; `from` is the file that imports it. Nothing, or where it was looked for, if there is none.
 */
export type ImportSpec = (
  name: string,
  from: string,
) => SpecSource | NotFound | undefined | Promise<SpecSource | NotFound | undefined>;

/** Reads specs and everything that they import, each file once. */
export class Importer {
  readonly #loaded = new Map<string, SpecFile | undefined>();
  /** The specs by their ids, each with its text. */
  readonly #known = new Map<string, { readonly spec: SpecFile; readonly text: string }>();
  readonly #find: ImportSpec;
  readonly #diagnostics: Diagnostics;

  constructor(find: ImportSpec, diagnostics: Diagnostics) {
    this.#find = find;
    this.#diagnostics = diagnostics;
  }

  /** All specs that were loaded without an error of their own, in the order in which they were asked for. */
  get specs(): readonly SpecFile[] {
    return [...new Set(this.#loaded.values())].filter((spec) => spec !== undefined);
  }

  /** The files that were read. */
  get files(): readonly string[] {
    return [...this.#loaded.keys()];
  }

  /** Reads one spec and its imports; undefined where that cannot be done. `from` is where it is imported, if it is. */
  async load({ file, text }: SpecSource, from?: Place): Promise<SpecFile | undefined> {
    if (this.#loaded.has(file)) return this.#loaded.get(file);
    this.#loaded.set(file, undefined);
    const read = readSpec(text, file, this.#diagnostics);
    const spec = read && this.#only(read, text, from);
    this.#loaded.set(file, spec);
    if (spec === read) for (const one of spec?.importNames ?? []) await this.#import(one, spec);
    return spec;
  }

  async #import({ name, place }: SpecFile['importNames'][number], spec: SpecFile | undefined): Promise<void> {
    const found = await this.#find(name, place.file);
    const imported = found !== undefined && 'text' in found ? await this.load(found, place) : undefined;
    if (imported !== undefined) spec?.imports.set(imported.id, imported);
    else spec?.brokenImports.add(name.split('/').at(-1) ?? name);
    if (found !== undefined && 'text' in found) return;
    const where = found === undefined ? '' : `, looked up in ${found.lookedUp.join(', ')}`;
    this.#diagnostics.error(place, `unable to find '${name}.ksy'${where}`);
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
}

/** The error of a file that cannot be read. */
export function unreadable(file: string, reason: string): SpecError {
  return new SpecError({ file, path: [], line: 1, column: 1 }, `unable to read the file: ${reason}`);
}
