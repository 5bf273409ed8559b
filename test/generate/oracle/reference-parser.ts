import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { className } from '../../../tools/generate/naming.ts';
import { compileWithKsc } from '../../../tools/generate/gate.ts';
import { MyCustomFx } from '../conformance/support/my_custom_fx.ts';
import { CustomFx } from '../conformance/support/nested/deeply/custom_fx.ts';

/** Parses bytes with the reference compiler's own JavaScript and runtime. */
export type ReferenceParser = (bytes: Uint8Array) => object;

type Exports = Record<string, unknown>;
type StreamClass = new (buffer: ArrayBuffer) => object;
type ReferenceClass = new (stream: object) => { _read?(): void };

const require = createRequire(import.meta.url);
const Stream = require('kaitai-struct/KaitaiStream') as StreamClass;

/**
 * Compiles a spec with the reference compiler; `undefined` where it does not, which the gate's tests look at. The parser is that of the
 * spec's outermost type, or of one right inside it. With `debug` its objects tell where their fields lay, in `_debug`.
 */
export async function referenceParser(
  file: string,
  importRoots: readonly string[],
  nested?: string,
  debug = false,
): Promise<ReferenceParser | undefined> {
  const verdict = await compileWithKsc(file, importRoots, 'javascript', debug);
  if (verdict.kind !== 'accepted') return undefined;
  const name = className(basename(file, '.ksy'));
  const { [name]: outermost } = loadModule(verdict.files, `${name}.js`, new Map());
  const parser = nested === undefined ? outermost : (outermost as Exports)[className(nested)];
  return (bytes) => {
    const isWhole = bytes.length === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
    const object = new (parser as ReferenceClass)(new Stream(isWhole ? bytes.buffer : bytes.slice().buffer));
    if ('_debug' in object) object._read?.();
    return object;
  };
}

/** Runs one of the generated CommonJS modules; those it requires are run first, each once. */
function loadModule(
  files: Readonly<Record<string, string>>,
  file: string,
  loaded: Map<string, Exports>,
): Exports {
  const known = loaded.get(file);
  if (known !== undefined) return known;
  const exports: Exports = {};
  loaded.set(file, exports);
  const requireFrom = (name: string): unknown => {
    if (name === 'MyCustomFx') return { MyCustomFx };
    if (name.endsWith('/CustomFx')) return { CustomFx };
    if (!name.startsWith('./')) return require(name);
    return loadModule(files, `${name.slice(2)}.js`, loaded);
  };
  const run = new Function('exports', 'require', files[file] ?? '');
  run.call({}, exports, requireFrom);
  return exports;
}
