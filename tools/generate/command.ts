import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { compileFiles } from './compile-files.ts';
import { RUNTIME } from './compile.ts';
import { formatDiagnostic, suggest } from './diagnostics.ts';
import type { Compiled } from './watch.ts';

const OPTIONS = ['--check', '--out', '--runtime', '--watch', '--no-style', '--views', '--help', '-I'];
const COMMON = `  -I ROOT               where absolute imports are looked up (also KSPATH)
  --runtime SPECIFIER   where generated modules import their runtime from (${RUNTIME})
  --no-style            no warnings of what the style guide has otherwise
  --views               structures of fixed size leave their values in the bytes until they are asked for
  --check               write nothing; exit 1 where the modules are not what the specs give
  --watch               compile again whenever a spec changes`;

/** Specs that are compiled where none are named: those of a project, and where their modules belong. */
export interface OwnSpecs {
  /** The command by which it is called. */
  readonly command: string;
  readonly specs: string;
  readonly modules: string;
  readonly runtime: string;
  /** Is a spec right for others as well? The exit code. */
  readonly confirm: (files: readonly string[], importRoots: readonly string[]) => Promise<number>;
}

function usage(own: OwnSpecs | undefined): string {
  if (own === undefined)
    return `vdcheck-generate --out DIR SPEC.ksy...   compiles Kaitai Struct specs to TypeScript\n${COMMON}\n`;
  return `${own.command}                            compiles specs/**/*.ksy into generated/
${own.command} -- --check                 exit 1 where generated/ is not what the specs give
${own.command} -- --watch                 compiles again whenever a spec changes
${own.command} -- --out DIR SPEC.ksy...   compiles any other Kaitai Struct spec
${COMMON}
`;
}

interface Arguments {
  readonly check: boolean;
  readonly watch: boolean;
  readonly style: boolean;
  readonly views: boolean;
  readonly help: boolean;
  readonly out: string | undefined;
  readonly runtime: string | undefined;
  readonly roots: readonly string[];
  readonly specs: readonly string[];
}

/** Runs the command; the result is its exit code. */
export async function main(args: readonly string[], own?: OwnSpecs): Promise<number> {
  const parsed = parseArguments(args, own);
  if (typeof parsed === 'string') {
    process.stderr.write(`generate: ${parsed}\n`);
    return 1;
  }
  if (parsed.help) {
    process.stdout.write(usage(own));
    return 0;
  }
  if (parsed.watch)
    return await (await import('./watch.ts')).watch(specFolders(parsed, own), () => generate(parsed, own));
  return (await generate(parsed, own)).code;
}

/** Where specs and what they import lie. */
function specFolders({ out, roots, specs }: Arguments, own: OwnSpecs | undefined): readonly string[] {
  if (out === undefined && own !== undefined) return [own.specs];
  return [...new Set([...specs.map((file) => dirname(file)), ...roots])];
}

function parseArguments(args: readonly string[], own: OwnSpecs | undefined): Arguments | string {
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
  const form = `${own === undefined ? 'vdcheck-generate' : `${own.command} --`} --out DIR SPEC.ksy...`;
  const isHelp = flags.has('--help');
  if ((out !== undefined || own === undefined) && specs.length === 0 && !isHelp)
    return `no spec to compile: ${form}`;
  if (out === undefined && specs.length > 0) return `where to? ${form}`;
  return {
    check: flags.has('--check'),
    watch: flags.has('--watch'),
    style: !flags.has('--no-style'),
    views: flags.has('--views'),
    help: isHelp,
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

async function generate(
  { check, out, runtime, roots, specs, style, views }: Arguments,
  own: OwnSpecs | undefined,
): Promise<Compiled> {
  const project = out === undefined ? own : undefined;
  const folder = project?.modules ?? out ?? '.';
  const files = project === undefined ? specs : findSpecs(project.specs);
  const importRoots = project === undefined ? roots : [project.specs];
  const result = await compileFiles({
    files,
    importRoots,
    style,
    views: views || project !== undefined,
    runtime: runtime ?? project?.runtime ?? RUNTIME,
  });
  const { modules, diagnostics } = result;
  for (const item of diagnostics) process.stderr.write(`${formatDiagnostic(item)}\n`);
  const folders = [...new Set(result.files.map((file) => dirname(file)))];
  if (diagnostics.some(({ severity }) => severity === 'error')) return { code: 1, folders };
  const changes = changesIn(folder, modules, project !== undefined);
  if (check) {
    const confirmed = (await own?.confirm(files, importRoots)) ?? 0;
    return { code: Math.max(report(folder, changes), confirmed), folders };
  }
  const problem = apply(folder, modules, changes);
  if (problem !== undefined) process.stderr.write(`generate: ${problem}\n`);
  else process.stdout.write(`${summary(changes, modules.size)}\n`);
  return { code: problem === undefined ? 0 : 1, folders };
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
  if (lines.length > 0) process.stderr.write('generate them again and commit the result\n');
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
