import { createRequire } from 'node:module';
import type { SpecFile } from './spec-files.ts';

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

/** Compiles a spec with kaitai-struct-compiler and gives the reader of each of its types, by the type's name. */
export async function kaitaiReaders(spec: SpecFile): Promise<ReadonlyMap<string, KaitaiReader>> {
  const [source] = Object.values(await compileWithKaitai(spec, 'javascript'));
  const exported: Record<string, Record<string, unknown>> = {};
  new Function('require', 'exports', source ?? '')(require, exported);
  const Stream = require('kaitai-struct/KaitaiStream') as new (bytes: ArrayBuffer) => unknown;
  const classes = exported[pascalCase(spec.id)] ?? {};
  return new Map(
    spec.types.map(({ id }) => {
      const Type = classes[pascalCase(id)] as new (stream: unknown) => Record<string, unknown>;
      return [id, (bytes: Uint8Array) => new Type(new Stream(Uint8Array.from(bytes).buffer))];
    }),
  );
}

function pascalCase(id: string): string {
  return id.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
