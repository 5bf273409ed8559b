import { createRequire } from 'node:module';
import { specFiles, type SpecFile } from './spec-files.ts';

const require = createRequire(import.meta.url);

interface KaitaiCompiler {
  compile(target: string, spec: unknown, importer: unknown, debug: boolean): Promise<Record<string, string>>;
}

/** Reads a structure from the front of bytes, as Kaitai's own JavaScript does; throws where a demand of the spec is not met. */
export type KaitaiReader = (bytes: Uint8Array) => Readonly<Record<string, unknown>>;

/**
 * Compiles a spec with kaitai-struct-compiler.
 *
 * @returns the text of each file that comes out
 * @throws what the compiler says against the spec; also when it does not answer, as happens after its fatal errors
 */
export async function compileWithKaitai(
  spec: SpecFile,
  target: string,
  debug = false,
): Promise<Record<string, string>> {
  const compiler = require('kaitai-struct-compiler') as KaitaiCompiler;
  const importer = { importYaml: (name: string) => Promise.reject(new Error(`import of ${name}`)) };
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer for ${spec.id}.ksy`)), 20_000);
  });
  try {
    return await Promise.race([compiler.compile(target, spec.root, importer, debug), silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** The readers of all types of all specs by their names, `vhd.footer` for one. */
export async function allKaitaiReaders(): Promise<ReadonlyMap<string, KaitaiReader>> {
  const each = await Promise.all(specFiles.map(kaitaiReaders));
  return new Map(each.flat());
}

async function kaitaiReaders(spec: SpecFile): Promise<[string, KaitaiReader][]> {
  const [source] = Object.values(await compileWithKaitai(spec, 'javascript'));
  const exported: Record<string, Record<string, unknown>> = {};
  new Function('require', 'exports', source ?? '')(require, exported);
  const Stream = require('kaitai-struct/KaitaiStream') as new (bytes: ArrayBuffer) => unknown;
  const classes = exported[pascalCase(spec.id)] ?? {};
  return spec.types.map(({ id }) => {
    const Type = classes[pascalCase(id)] as new (stream: unknown) => Record<string, unknown>;
    return [`${spec.id}.${id}`, (bytes) => new Type(new Stream(Uint8Array.from(bytes).buffer))];
  });
}

function pascalCase(id: string): string {
  return id.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * Where an object of a generated class differs from the one that Kaitai's JavaScript read from the same bytes; empty where they agree.
 * Kaitai's integers are rounded from 2^53 on, so that ours are rounded before they are compared.
 */
export function differencesFromKaitai(ours: unknown, theirs: unknown, path = ''): string[] {
  if (Array.isArray(theirs) && isIndexed(ours)) {
    return theirs.flatMap((element, index) =>
      differencesFromKaitai(ours[index], element, `${path}[${index}]`),
    );
  }
  if (isPlainObject(theirs) && isPlainObject(ours)) {
    const keys = Object.keys(theirs).filter((key) => !key.startsWith('_'));
    return keys.flatMap((key) => differencesFromKaitai(ours[key], theirs[key], `${path}.${key}`));
  }
  const [one, other] = [ours, theirs].map(asText);
  return one === other ? [] : [`${path}: ${one} is ${other} for Kaitai`];
}

function asText(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return String(typeof value === 'bigint' ? Number(value) : value);
}

function isIndexed(value: unknown): value is ArrayLike<unknown> {
  return typeof value === 'object' && value !== null && 'length' in value;
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !isIndexed(value);
}
