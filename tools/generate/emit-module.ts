import { RUNTIME_LEVEL } from '../../src/codec/index.ts';
import { typesIn, type Analysis } from './analysis.ts';
import type { Diagnostics } from './diagnostics.ts';
import { emitClass, type ClassParts } from './emit-class.ts';
import type { Emission } from './emission.ts';
import type { EnumSpec, SpecFile, TypeSpec } from './model.ts';
import { className, moduleNames, type ModuleNames } from './naming.ts';
import type { Names } from './scope.ts';

/** A module in parts, ready to be printed. */
export interface ModuleParts {
  readonly spec: SpecFile;
  /** Where the runtime is imported from. */
  readonly runtime: string;
  readonly imports: readonly ImportParts[];
  readonly supplied: readonly SuppliedClass[];
  /** Says which runtime the module needs. */
  readonly guard: string;
  readonly classes: readonly ClassParts[];
  readonly enums: readonly { readonly name: string; readonly spec: EnumSpec; readonly isBig: boolean }[];
}

/** A class that no spec gives: the user of the module writes it. */
export interface SuppliedClass {
  readonly from: string;
  readonly name: string;
  /** Does it undo a `process`? It is a structure otherwise. */
  readonly isProcess: boolean;
}

/** One import declaration. */
export interface ImportParts {
  readonly from: string;
  readonly names: readonly {
    readonly name: string;
    readonly alias: string | undefined;
    readonly isType: boolean;
  }[];
}

/** What module names look like to the modules beside them. */
export interface ModuleOptions {
  /** Where the runtime is imported from. */
  readonly runtime: string;
  /** As in `CompileOptions`. */
  readonly views: boolean;
}

/** Translates one spec. Problems go to `diagnostics`. */
export function emitModule(
  spec: SpecFile,
  analysis: Analysis,
  options: ModuleOptions,
  diagnostics: Diagnostics,
): ModuleParts {
  const imports = new Imports(spec, options);
  const classes = [...typesIn(spec.root)].map((owner) => {
    const emission: Emission = {
      analysis,
      names: imports,
      owner,
      views: options.views,
      attempt: (step) => diagnostics.attempt(step),
    };
    return emitClass(emission);
  });
  const enums = [...imports.own.enums].map(([one, name]) => ({
    name,
    spec: one,
    isBig: analysis.isBigEnum(one),
  }));
  const guard = `${imports.runtime('requireRuntime')}(${RUNTIME_LEVEL}, ${JSON.stringify(`${spec.id}.ts`)});`;
  return {
    spec,
    runtime: options.runtime,
    imports: imports.list(classes, guard),
    guard,
    supplied: imports.supplied,
    classes,
    enums,
  };
}

/** Globals that generated code uses, and that a type of a spec may happen to be called. */
const GLOBALS = ['Uint8Array', 'BigInt', 'Number', 'String', 'Math', 'ArrayLike'];

/** Keeps account of what a module imports, and of the names that are taken in it. */
class Imports implements Names {
  readonly own: ModuleNames;
  readonly #spec: SpecFile;
  readonly #options: ModuleOptions;
  readonly #taken = new Set<string>();
  readonly #used = new Map<string, { from: string; name: string; local: string; isType: boolean }>();
  readonly #supplied = new Map<string, SuppliedClass>();
  readonly #foreign = new Map<SpecFile, ModuleNames>();

  constructor(spec: SpecFile, options: ModuleOptions) {
    this.#spec = spec;
    this.#options = options;
    this.own = moduleNames(spec);
    for (const name of [...this.own.types.values(), ...this.own.enums.values()]) this.#taken.add(name);
  }

  runtime(name: string): string {
    const isType = name.startsWith('type ');
    return this.#import(this.#options.runtime, isType ? name.slice(5) : name, isType, 'Codec');
  }

  class(type: TypeSpec): string {
    return this.#class(type, false);
  }

  classType(type: TypeSpec): string {
    return this.#class(type, true);
  }

  #class(type: TypeSpec, isType: boolean): string {
    if (type.spec === this.#spec) return this.own.types.get(type) ?? className(type.name);
    const name = this.#namesOf(type.spec).types.get(type) ?? className(type.name);
    return this.#import(this.#sibling(type.spec.id), name, isType, className(type.spec.id));
  }

  enum(spec: EnumSpec): string {
    const { spec: file } = spec.owner;
    if (file === this.#spec) return this.own.enums.get(spec) ?? className(spec.name);
    const name = this.#namesOf(file).enums.get(spec) ?? className(spec.name);
    return this.#import(this.#sibling(file.id), name, false, className(file.id));
  }

  opaqueClass(id: string, isProcess = false): string {
    const name = className(id.split('/').at(-1) ?? id);
    const from = this.#sibling(id);
    this.#supplied.set(`${from} ${name}`, { from, name, isProcess });
    return this.#import(from, name, false, 'Own');
  }

  /** What the module asks for that no spec gives. */
  get supplied(): readonly SuppliedClass[] {
    return [...this.#supplied.values()].sort((a, b) => (a.from < b.from ? -1 : 1));
  }

  local(wanted: string): string {
    let name = wanted;
    while (this.#taken.has(name)) name += '_';
    this.#taken.add(name);
    return name;
  }

  global(name: string): string {
    return this.#taken.has(name) ? `globalThis.${name}` : name;
  }

  list(classes: readonly ClassParts[], guard: string): readonly ImportParts[] {
    const texts = JSON.stringify(classes) + guard;
    const modules = new Map<string, ImportParts['names'][number][]>();
    for (const { from, name, local, isType } of this.#used.values()) {
      if (!texts.includes(local)) continue;
      const alias = local === name ? undefined : local;
      modules.set(from, [...(modules.get(from) ?? []), { name, alias, isType }]);
    }
    const sorted = [...modules].sort(([a], [b]) =>
      a === this.#options.runtime ? -1 : b === this.#options.runtime ? 1 : a < b ? -1 : 1,
    );
    return sorted.map(([from, names]) => ({ from, names: names.sort((a, b) => (a.name < b.name ? -1 : 1)) }));
  }

  #namesOf(spec: SpecFile): ModuleNames {
    const known = this.#foreign.get(spec) ?? moduleNames(spec);
    this.#foreign.set(spec, known);
    return known;
  }

  /** Modules beside this one are imported with the ending that the runtime's specifier shows, `.js` where it has none. */
  #sibling(id: string): string {
    return `./${id}.${this.#options.runtime.endsWith('.ts') ? 'ts' : 'js'}`;
  }

  #import(from: string, name: string, isType: boolean, prefix: string): string {
    const key = `${from} ${name}`;
    const known = this.#used.get(key);
    if (known !== undefined) {
      known.isType &&= isType;
      return known.local;
    }
    let local = name;
    while (this.#taken.has(local) || GLOBALS.includes(local))
      local = local === name ? `${prefix}${name}` : `${local}_`;
    this.#taken.add(local);
    this.#used.set(key, { from, name, local, isType });
    return local;
  }
}
