import { compileFiles } from './compile-files.ts';
import { formatDiagnostic } from './diagnostics.ts';

/** How a bundler compiles specs that are imported as modules: `import { Vhd } from './vhd.ksy'`. */
export interface PluginOptions {
  /** Folders below which absolute imports of specs are looked up. */
  readonly importRoots?: readonly string[];
  /** Where the modules import their runtime from; `vdcheck/codec` where it is left out. */
  readonly runtime?: string;
}

/** What a bundler is told of a spec: TypeScript, or why there is none. */
interface Module {
  readonly code: string;
  readonly files: readonly string[];
  readonly warnings: readonly string[];
}

/** Imported specs are modules of their own, which the bundler asks for by the names of their files. */
async function moduleOf(file: string, { importRoots = [], runtime }: PluginOptions): Promise<Module> {
  const options = { importRoots, style: false, ...(runtime === undefined ? {} : { runtime }) };
  const { modules, diagnostics, files } = await compileFiles({ files: [file], ...options });
  const texts = diagnostics.map(formatDiagnostic);
  if (diagnostics.some(({ severity }) => severity === 'error')) throw new Error(texts.join('\n'));
  const [first = ''] = modules.values();
  const places = new Map(files.map((path) => [/([^/\\]+)\.ksy$/.exec(path)?.[1] ?? '', path]));
  const code = first.replaceAll(/from '\.\/(\w+)\.js'/g, (whole, id: string) => {
    const place = places.get(id);
    return place === undefined ? whole : `from ${JSON.stringify(place)}`;
  });
  return { code, files, warnings: texts };
}

/** The plugin for Vite, Rollup and Rolldown. Vite reads TypeScript where the name of a module says so. */
export function kaitaiVite(options: PluginOptions = {}): VitePlugin {
  return {
    name: 'vdcheck-generate',
    enforce: 'pre',
    async resolveId(source, importer) {
      if (!source.endsWith('.ksy')) return null;
      const found = await this.resolve(source, importer, { skipSelf: true });
      return found && { id: `${found.id}?ksy.ts` };
    },
    async load(id) {
      if (!id.endsWith('.ksy?ksy.ts')) return null;
      const { code, files, warnings } = await moduleOf(id.slice(0, -'?ksy.ts'.length), options);
      for (const file of files) this.addWatchFile(file);
      for (const warning of warnings) this.warn(warning);
      return { code, moduleType: 'ts', map: null };
    },
  };
}

/** The plugin for esbuild. */
export function kaitaiEsbuild(options: PluginOptions = {}): EsbuildPlugin {
  return {
    name: 'vdcheck-generate',
    setup(build) {
      build.onLoad({ filter: /\.ksy$/ }, async ({ path }) => {
        try {
          const { code, files, warnings } = await moduleOf(path, options);
          return {
            contents: code,
            loader: 'ts',
            watchFiles: files,
            warnings: warnings.map((text) => ({ text })),
          };
        } catch (error) {
          const text = error instanceof Error ? error.message : String(error);
          return { errors: [{ text }], watchFiles: [path] };
        }
      });
    },
  };
}

/** Rolldown, Rollup and Vite call these with themselves as `this`. */
interface VitePlugin {
  readonly name: string;
  readonly enforce: 'pre';
  resolveId(
    this: ResolveContext,
    source: string,
    importer: string | undefined,
  ): Promise<{ id: string } | null>;
  load(this: LoadContext, id: string): Promise<{ code: string; moduleType: 'ts'; map: null } | null>;
}

interface ResolveContext {
  resolve(
    source: string,
    importer: string | undefined,
    options: { skipSelf: boolean },
  ): Promise<{ readonly id: string } | null>;
}

interface LoadContext {
  addWatchFile(file: string): void;
  warn(text: string): void;
}

interface EsbuildPlugin {
  readonly name: string;
  setup(build: EsbuildBuild): void;
}

interface EsbuildBuild {
  onLoad(
    options: { filter: RegExp },
    load: (args: { readonly path: string }) => Promise<EsbuildResult>,
  ): void;
}

interface EsbuildResult {
  contents?: string;
  loader?: 'ts';
  watchFiles?: string[] | readonly string[];
  warnings?: { text: string }[];
  errors?: { text: string }[];
}
