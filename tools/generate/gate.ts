import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Place } from './diagnostics.ts';
import { parseYaml, type YamlNode, type YamlScalar } from './yaml.ts';

/** The part of kaitai-struct-compiler (KSC) that is used here. */
interface ReferenceCompiler {
  compile(
    language: string,
    spec: unknown,
    importer: { importYaml(name: string, mode: 'rel' | 'abs'): Promise<unknown> },
    debug: boolean,
  ): Promise<Record<string, string>>;
}

/** How long KSC may take: some invalid specs end its work without an answer. */
const PATIENCE_MS = 5000;

/** What KSC says about a spec: its output by file name, or its complaints, or nothing where it fails itself. */
export type Verdict =
  | { readonly kind: 'accepted'; readonly files: Readonly<Record<string, string>> }
  | { readonly kind: 'refused'; readonly complaints: readonly Complaint[] }
  | { readonly kind: 'failed'; readonly reason: string };

/** One complaint of KSC. */
export interface Complaint {
  readonly path: Place['path'];
  readonly message: string;
}

/**
 * Compiles a spec and its imports with the reference compiler, which never sees the disk by itself. Absolute imports
 * are looked up below `importRoots`.
 */
export async function compileWithKsc(
  file: string,
  importRoots: readonly string[],
  language = 'javascript',
  debug = false,
): Promise<Verdict> {
  const compiler = createRequire(import.meta.url)('kaitai-struct-compiler') as ReferenceCompiler;
  const importer = {
    importYaml: async (name: string, mode: 'rel' | 'abs') => readImport(file, name, mode, importRoots),
  };
  const compiled = compiler.compile(language, readSpec(file), importer, debug);
  try {
    return { kind: 'accepted', files: await inTime(compiled) };
  } catch (error) {
    return verdictOf(error);
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${PATIENCE_MS} ms`)), PATIENCE_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

const COMPLAINT = /^[^\s:]+: (\/\S*):\n\terror: (.*)$/gm;

/** A complaint has a path; anything else is a fault of the compiler, and no verdict on the spec. */
function verdictOf(error: unknown): Verdict {
  const text = error instanceof Error ? error.message : String(error);
  const complaints = Array.from(text.matchAll(COMPLAINT), ([, path = '', message = '']) => ({
    path: path.split('/').filter((part) => part !== ''),
    message,
  }));
  return complaints.length > 0 ? { kind: 'refused', complaints } : { kind: 'failed', reason: text };
}

function readImport(
  file: string,
  name: string,
  mode: 'rel' | 'abs',
  importRoots: readonly string[],
): unknown {
  const roots = mode === 'rel' ? [dirname(file)] : importRoots;
  const found = roots.map((root) => join(root, `${name}.ksy`)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`cannot find ${name}.ksy`);
  return readSpec(found);
}

function readSpec(file: string): unknown {
  return plainValue(parseYaml(readFileSync(file, 'utf8'), file));
}

/**
 * The spec as plain data. KSC takes integers beyond 32 bits for floats, but reads them exactly from text; keys are text
 * always, which it reads as decimal integers, whatever notation the author used.
 */
function plainValue(node: YamlNode): unknown {
  if (node.kind === 'list') return node.items.map(plainValue);
  if (node.kind === 'map')
    return Object.fromEntries(
      node.entries.map(({ key, keyNode, value }) => [plainKey(key, keyNode), plainValue(value)]),
    );
  if (isName(node)) return node.text;
  if (typeof node.value !== 'bigint') return node.value;
  return BigInt.asIntN(32, node.value) === node.value ? Number(node.value) : node.value.toString();
}

/** An id or the label of an enum: a name is no boolean, though it may look like one. */
function isName({ value, place: { path } }: YamlScalar): boolean {
  return typeof value === 'boolean' && (path.at(-1) === 'id' || path.at(-3) === 'enums');
}

function plainKey(key: string, node: YamlNode): string {
  return node.kind === 'scalar' && typeof node.value === 'bigint' ? node.value.toString() : key;
}
