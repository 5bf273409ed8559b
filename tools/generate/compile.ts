import { Analysis } from './analysis.ts';
import { checkFinite } from './check-finite.ts';
import { checkNames } from './check-names.ts';
import { Diagnostics, type Diagnostic } from './diagnostics.ts';
import { emitModule } from './emit-module.ts';
import { Importer } from './importer.ts';
import { checkStyle } from './check-style.ts';
import { printModule } from './print.ts';

/** What to compile, and how. */
export interface CompileRequest {
  /** Paths of specs. */
  readonly files: readonly string[];
  /** Folders below which absolute imports are looked up. */
  readonly importRoots: readonly string[];
  /** Where generated modules import their runtime from. */
  readonly runtime: string;
  /** Warn of what is not as the style guide has it? Yes, where it is left out. */
  readonly style?: boolean;
}

/** Modules by file name, and all that is to be said about the specs. With an error among it there are no modules. */
export interface CompileResult {
  readonly modules: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
  /** All files that were asked for, imported ones too, whether they could be read or not. */
  readonly files: readonly string[];
}

/** Compiles specs and what they import to TypeScript. Touches no file but to read specs. */
export async function compile({
  files,
  importRoots,
  runtime,
  style = true,
}: CompileRequest): Promise<CompileResult> {
  const diagnostics = new Diagnostics();
  const importer = new Importer(importRoots, diagnostics);
  for (const file of files) await diagnostics.attemptFile(file, () => importer.load(file));
  const modules = new Map<string, string>();
  const analysis = new Analysis(importer.specs);
  for (const spec of importer.specs)
    await diagnostics.attemptFile(spec.file, () => checkNames(spec, analysis, diagnostics));
  // What is wrong in one place is no reason to say nothing of others; what follows from it is not told.
  for (const spec of importer.specs) {
    const text = await diagnostics.attemptFile(spec.file, async () => {
      const parts = emitModule(spec, analysis, { runtime }, diagnostics);
      if (style && !diagnostics.hasErrors) checkStyle(spec, diagnostics);
      return diagnostics.hasErrors ? undefined : await printModule(parts);
    });
    if (text !== undefined) modules.set(`${spec.id}.ts`, text);
  }
  if (diagnostics.hasErrors) modules.clear();
  else checkFinite(importer.specs, analysis, diagnostics);
  return { modules, diagnostics: diagnostics.list, files: importer.files };
}
