import { Analysis } from '../../../tools/generate/analysis.ts';
import { readFiles } from '../../../tools/generate/compile-files.ts';
import { Diagnostics } from '../../../tools/generate/diagnostics.ts';
import { Importer } from '../../../tools/generate/importer.ts';
import type { SpecFile } from '../../../tools/generate/model.ts';

/** A spec as the generator reads it, and what it knows of the spec's types. */
export interface LoadedSpec {
  readonly spec: SpecFile;
  readonly analysis: Analysis;
}

/** Reads a spec and its imports; absolute ones are looked up below `importRoots`. Rejects where there is anything wrong with them. */
export async function loadSpec(file: string, importRoots: readonly string[] = []): Promise<LoadedSpec> {
  const diagnostics = new Diagnostics();
  const { sources, importer: find } = readFiles([file], importRoots, diagnostics);
  const importer = new Importer(find, diagnostics);
  const [source] = sources;
  const spec = source && (await importer.load(source));
  if (spec === undefined || diagnostics.hasErrors) throw new Error(`${file} cannot be read`);
  return { spec, analysis: new Analysis(importer.specs) };
}
