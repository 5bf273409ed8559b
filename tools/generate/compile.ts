import { Analysis } from './analysis.ts';
import { checkFinite } from './check-finite.ts';
import { checkNames } from './check-names.ts';
import { checkStyle } from './check-style.ts';
import { Diagnostics, type Diagnostic } from './diagnostics.ts';
import { emitModule } from './emit-module.ts';
import { Importer, type ImportSpec, type SpecSource } from './importer.ts';
import { printModule } from './print.ts';

/** How specs are compiled. */
export interface CompileOptions {
  /** Finds imported specs; without it those are found among the sources, by the ends of their file names. */
  readonly importer?: ImportSpec;
  /** Where generated modules import their runtime from; `vdcheck/codec` where it is left out. */
  readonly runtime?: string;
  /** Warn of what is not as the style guide of the language has it? Yes, where it is left out. */
  readonly style?: boolean;
  /**
   * Structures of fixed size are views: they leave their values in the bytes until they are asked for, which is faster where most are not.
   * Their fields are accessors then. Without it, or with `false`, all fields of all classes are own properties.
   */
  readonly views?: boolean;
}

/** What compiling came to. With an error among the diagnostics there are no modules. */
export interface CompileResult {
  /** The text of each module by its file name, `vlq_base128_le.ts` for one; imported specs give modules as well. */
  readonly modules: ReadonlyMap<string, string>;
  /** All that is to be said about the specs, those of a file in the order of its lines. */
  readonly diagnostics: readonly Diagnostic[];
  /** The files of all specs that were read. */
  readonly files: readonly string[];
}

/** What imported modules take their runtime from, where nobody says anything else. */
export const RUNTIME = 'vdcheck/codec';

/** Specs by the names of their files, which messages call them by. */
export type Sources = Readonly<Record<string, string>> | ReadonlyMap<string, string> | Iterable<SpecSource>;

/** Compiles specs, and what they import, to TypeScript. Touches no files, and runs in browsers as well. */
export async function compile(sources: Sources, options: CompileOptions = {}): Promise<CompileResult> {
  return compileWith(listOf(sources), options, new Diagnostics());
}

function listOf(sources: Sources): readonly SpecSource[] {
  const all = Symbol.iterator in sources ? [...sources] : Object.entries(sources);
  return all.map((one) => (Array.isArray(one) ? { file: String(one[0]), text: String(one[1]) } : one));
}

/** The same, with what was to be said before. */
export async function compileWith(
  sources: readonly SpecSource[],
  { importer: find = amongst(sources), runtime = RUNTIME, style = true, views = false }: CompileOptions,
  diagnostics: Diagnostics,
): Promise<CompileResult> {
  const importer = new Importer(find, diagnostics);
  for (const source of sources) await diagnostics.attemptFile(source.file, () => importer.load(source));
  const analysis = new Analysis(importer.specs);
  for (const spec of importer.specs)
    await diagnostics.attemptFile(spec.file, () => checkNames(spec, analysis, diagnostics));
  const modules = new Map<string, string>();
  // What is wrong in one place is no reason to say nothing of others; what follows from it is not told.
  for (const spec of importer.specs) {
    const text = await diagnostics.attemptFile(spec.file, async () => {
      const parts = emitModule(spec, analysis, { runtime, views }, diagnostics);
      if (style && !diagnostics.hasErrors) checkStyle(spec, diagnostics);
      return diagnostics.hasErrors ? undefined : await printModule(parts);
    });
    if (text !== undefined) modules.set(`${spec.id}.ts`, text);
  }
  if (diagnostics.hasErrors) modules.clear();
  else checkFinite(importer.specs, analysis, diagnostics);
  return { modules, diagnostics: diagnostics.list, files: importer.files };
}

/** Looks for imports among the sources. */
function amongst(sources: readonly SpecSource[]): ImportSpec {
  return (name) => {
    const path = `/${name
      .split('/')
      .filter((part) => part !== '' && part !== '.' && part !== '..')
      .join('/')}.ksy`;
    return sources.find(({ file }) => `/${file.replaceAll('\\', '/')}`.endsWith(path));
  };
}
