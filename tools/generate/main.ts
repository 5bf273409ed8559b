import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from './compile.ts';
import { formatDiagnostic, formatPath, suggest } from './diagnostics.ts';
import { compileWithKsc } from './gate.ts';
import type { Compiled } from './watch.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const OPTIONS = ['--check', '--out', '--runtime', '--watch', '--no-style', '--help', '-I'];
const USAGE = `npm run generate                            compiles specs/**/*.ksy into generated/
npm run generate -- --check                 exit 1 where generated/ is not what the specs give
npm run generate -- --watch                 compiles again whenever a spec changes
npm run generate -- --out DIR SPEC.ksy...   compiles any other Kaitai Struct spec
  -I ROOT               where absolute imports are looked up (also KSPATH)
  --runtime SPECIFIER   where generated modules import their runtime from (vdcheck/codec)
  --no-style            no warnings of what the style guide has otherwise`;

interface Arguments {
  readonly check: boolean;
  readonly watch: boolean;
  readonly style: boolean;
  readonly help: boolean;
  readonly out: string | undefined;
  readonly runtime: string | undefined;
  readonly roots: readonly string[];
  readonly specs: readonly string[];
}

/** Runs the command; the result is its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(args);
  if (typeof parsed === 'string') {
    process.stderr.write(`generate: ${parsed}\n`);
    return 1;
  }
  if (parsed.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  if (parsed.watch)
    return await (await import('./watch.ts')).watch(specFolders(parsed), () => generate(parsed));
  return (await generate(parsed)).code;
}

/** Where specs and what they import lie. */
function specFolders({ out, roots, specs }: Arguments): readonly string[] {
  if (out === undefined) return [join(PROJECT, 'specs')];
  return [...new Set([...specs.map((file) => dirname(file)), ...roots])];
}

function parseArguments(args: readonly string[]): Arguments | string {
  const specs: string[] = [];
  const roots = (process.env['KSPATH'] ?? '').split(':').filter((root) => root !== '');
  const flags = new Set<string>();
  const values = new Map<string, string>();
  for (let index = 0; index < args.length; index++) {
    const [name, given] = splitOption(args[index] ?? '');
    if (!name.startsWith('-')) specs.push(name);
    else if (!OPTIONS.includes(name)) return `unknown option ${name}${suggest(name, OPTIONS)}`;
    else if (['--out', '--runtime', '-I'].includes(name)) {
      const value = given ?? args[++index];
      if (value === undefined || value === '') return `option ${name} wants a value`;
      if (values.has(name)) return `option ${name} is given twice`;
      if (name === '-I') roots.unshift(value);
      else values.set(name, value);
    } else if (given !== undefined) return `option ${name} takes no value`;
    else flags.add(name);
  }
  const out = values.get('--out');
  if (out !== undefined && specs.length === 0)
    return 'no spec to compile: npm run generate -- --out DIR SPEC.ksy...';
  if (out === undefined && specs.length > 0) return 'where to? npm run generate -- --out DIR SPEC.ksy...';
  return {
    check: flags.has('--check'),
    watch: flags.has('--watch'),
    style: !flags.has('--no-style'),
    help: flags.has('--help'),
    out,
    runtime: values.get('--runtime'),
    roots,
    specs,
  };
}

function splitOption(argument: string): readonly [string, string | undefined] {
  const at = argument.indexOf('=');
  return argument.startsWith('--') && at > 0
    ? [argument.slice(0, at), argument.slice(at + 1)]
    : [argument, undefined];
}

async function generate({ check, out, runtime, roots, specs, style }: Arguments): Promise<Compiled> {
  const isOwn = out === undefined;
  const folder = out ?? join(PROJECT, 'generated');
  const files = isOwn ? findSpecs(join(PROJECT, 'specs')) : specs;
  const importRoots = isOwn ? [join(PROJECT, 'specs')] : roots;
  const {
    modules,
    diagnostics,
    files: read,
  } = await compile({
    files,
    importRoots,
    style,
    runtime: runtime ?? (isOwn ? '../src/codec/index.ts' : 'vdcheck/codec'),
  });
  for (const item of diagnostics) process.stderr.write(`${formatDiagnostic(item)}\n`);
  const folders = [...new Set(read.map((file) => dirname(file)))];
  if (diagnostics.some(({ severity }) => severity === 'error')) return { code: 1, folders };
  const changes = changesIn(folder, modules, isOwn);
  if (check) return { code: Math.max(report(folder, changes), await passGate(files, importRoots)), folders };
  const problem = apply(folder, modules, changes);
  if (problem !== undefined) {
    process.stderr.write(`generate: ${problem}\n`);
    return { code: 1, folders };
  }
  process.stdout.write(`${summary(changes, modules.size)}\n`);
  return { code: 0, folders };
}

/** What the reference compiler refuses is wrong, whatever we think of it. It takes its time, so only checking asks it. */
async function passGate(files: readonly string[], importRoots: readonly string[]): Promise<number> {
  let exitCode = 0;
  for (const file of files) {
    const verdict = await compileWithKsc(file, importRoots);
    if (verdict.kind !== 'refused') continue;
    exitCode = 1;
    for (const { path, message } of verdict.complaints) {
      process.stderr.write(`${file}: ${formatPath(path)}: error: ${message} (kaitai-struct-compiler)\n`);
    }
  }
  return exitCode;
}

function findSpecs(folder: string): readonly string[] {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return all
    .filter((name) => name.endsWith('.ksy'))
    .sort()
    .map((name) => relative(process.cwd(), join(folder, name)));
}

interface Changes {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** What differs between a folder and the modules that belong there; only our own folder loses what no spec gives. */
function changesIn(folder: string, modules: ReadonlyMap<string, string>, isOwn: boolean): Changes {
  const present = new Set(isOwn ? listFolder(folder).filter((name) => name.endsWith('.ts')) : []);
  const added: string[] = [];
  const changed: string[] = [];
  for (const [name, text] of modules) {
    const before = readOrUndefined(join(folder, name));
    if (before === undefined) added.push(name);
    else if (before !== text) changed.push(name);
  }
  return { added, changed, removed: [...present].filter((name) => !modules.has(name)) };
}

function listFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function report(folder: string, { added, changed, removed }: Changes): number {
  const name = relative(process.cwd(), folder) || '.';
  const lines = [
    ...added.map((file) => `${name}/${file}: missing`),
    ...changed.map((file) => `${name}/${file}: stale`),
    ...removed.map((file) => `${name}/${file}: belongs to no spec`),
  ];
  for (const line of lines) process.stderr.write(`${line}\n`);
  if (lines.length > 0) process.stderr.write('run `npm run generate` and commit the result\n');
  return lines.length > 0 ? 1 : 0;
}

/** Writes all modules or none; what is in the way is the result. */
function apply(
  folder: string,
  modules: ReadonlyMap<string, string>,
  { added, changed, removed }: Changes,
): string | undefined {
  const written: string[] = [];
  const temporary = (name: string): string => join(folder, `.${name}.${process.pid}`);
  try {
    mkdirSync(folder, { recursive: true });
    for (const name of [...added, ...changed]) {
      const path = join(folder, name);
      if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
        throw new Error(`${path} is a folder`);
      writeFileSync(temporary(name), modules.get(name) ?? '');
      written.push(name);
    }
    for (const name of written) renameSync(temporary(name), join(folder, name));
    for (const name of removed) rmSync(join(folder, name));
    return undefined;
  } catch (error) {
    for (const name of written) rmSync(temporary(name), { force: true });
    return `cannot write to ${folder}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function summary({ added, changed, removed }: Changes, total: number): string {
  const parts = [
    ...added.map((name) => `added ${name}`),
    ...changed.map((name) => `changed ${name}`),
    ...removed.map((name) => `removed ${name}`),
  ];
  const modules = total === 1 ? '1 module' : `${total} modules`;
  return parts.length === 0 ? `${modules}, all up to date` : `${modules}: ${parts.join(', ')}`;
}
