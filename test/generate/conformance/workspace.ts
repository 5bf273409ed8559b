import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { REPOSITORY } from './suite.ts';

/** How generated modules import the runtime: its sources, seen from a workspace. */
export const RUNTIME = '../../../src/codec/index.ts';

/** A folder of generated modules that is type-checked as a whole. */
export interface Workspace {
  readonly folder: string;
  /** Writes a module. */
  add(file: string, text: string): void;
  /** Type errors of all modules, by file name without its ending. */
  typeErrors(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Removes the folder. */
  close(): void;
  /** Loads a module by file name without its ending. */
  load(name: string): Promise<Readonly<Record<string, unknown>>>;
}

/** The strictest flags of the project, with the library of a browser and nothing of Node. */
const TSCONFIG = {
  extends: '../../../tsconfig.json',
  compilerOptions: {
    types: [],
    lib: ['es2023', 'dom'],
    noUnusedLocals: true,
    noUnusedParameters: true,
    noImplicitOverride: true,
    paths: { 'vdcheck/codec': [RUNTIME] },
  },
  include: ['**/*.ts'],
};

/** An empty workspace below `.cache`, with the suite's hand-written support classes in it. */
export function openWorkspace(name: string): Workspace {
  const folder = join(REPOSITORY, '.cache', 'generated-tests', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(fileURLToPath(new URL('support', import.meta.url)), folder, { recursive: true });
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  return {
    folder,
    add: (file, text) => writeFileSync(join(folder, file), text),
    typeErrors: () => typeErrors(folder),
    close: () => rmSync(folder, { recursive: true, force: true }),
    load: async (module) =>
      (await import(pathToFileURL(join(folder, `${module}.ts`)).href)) as Record<string, unknown>,
  };
}

async function typeErrors(folder: string): Promise<Map<string, string[]>> {
  const compiler = join(REPOSITORY, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = { cwd: folder, maxBuffer: 2 ** 26 };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [compiler, '-p', '.', '--pretty', 'false'],
    options,
  ).catch((error: { stdout: string }) => error);
  return groupByFile(stdout);
}

function groupByFile(output: string): Map<string, string[]> {
  const errors = new Map<string, string[]>();
  for (const line of output.split('\n')) {
    const [, file, text] = /^(\S+?)\.ts\((\d+,\d+\): .*)$/.exec(line) ?? [];
    if (file === undefined || text === undefined) continue;
    const name = basename(file);
    errors.set(name, [...(errors.get(name) ?? []), text]);
  }
  return errors;
}

/** The modules that a workspace's module imports, itself included. */
export function importsOf(workspace: Workspace, name: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(name) || !readdirSync(workspace.folder).includes(`${name}.ts`)) return seen;
  seen.add(name);
  const text = readFileSync(join(workspace.folder, `${name}.ts`), 'utf8');
  for (const [, imported] of text.matchAll(/from '\.\/(\w+)\.ts'/g))
    importsOf(workspace, imported ?? '', seen);
  return seen;
}
