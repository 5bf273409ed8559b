import { present } from './code.ts';
import type { Attribute } from './model.ts';
import type { Wire } from './resolve.ts';
import type { Scope } from './scope.ts';
import { translate, translateCount, translateExtent } from './translate.ts';

/** The size of a field as it is read. */
export function extentText({ extent: { size } }: Attribute, scope: Scope): string | undefined {
  return size && (scope.size ?? translateExtent(size.ast, { ...scope, place: size.place }));
}

/** Is a size so short to write and to compute that it needs no variable? */
export function isSimple(size: string): boolean {
  return /^[\w.]*$/.test(size);
}

/** The bytes of a field before `process`: taken by size, to the end, or up to a terminator. */
export function readBytes(
  attribute: Attribute,
  text: Extract<Wire, { kind: 'string' }> | undefined,
  scope: Scope,
): string {
  const { extent, checks } = attribute;
  const { include, consume, eosError } = extent;
  const terminator = terminatorBytes(attribute, text);
  const contents = checks.find((check) => check.kind === 'contents');
  const size = extentText(attribute, scope);
  if (size === undefined && !extent.sizeEos) {
    if (contents !== undefined) return `io.readBytes(${contents.bytes.length})`;
    const flags = `${include}, ${consume}, ${eosError}`;
    if (terminator.length === 1) return `io.readBytesTerm(${terminator[0] ?? 0}, ${flags})`;
    return `io.readBytesTermMulti(${multiByte(terminator, scope)}, ${flags})`;
  }
  return trimmed(
    size === undefined ? 'io.readBytesFull()' : `io.readBytes(${size})`,
    terminator,
    attribute,
    scope,
  );
}

function multiByte(terminator: readonly number[], { names }: Scope): string {
  return `${names.global('Uint8Array')}.of(${terminator.join(', ')})`;
}

/** Bytes of a known size, cut at the terminator, or else stripped of padding. */
function trimmed(bytes: string, terminator: readonly number[], { extent }: Attribute, scope: Scope): string {
  const { include, padRight } = extent;
  const { names } = scope;
  const isWide = terminator.length > 1;
  const mark = isWide ? multiByte(terminator, scope) : String(terminator[0] ?? 0);
  if (terminator.length === 0) {
    return padRight === undefined ? bytes : `${names.runtime('bytesStripRight')}(${bytes}, ${padRight})`;
  }
  if (padRight === undefined) {
    return `${names.runtime(isWide ? 'bytesTerminateMulti' : 'bytesTerminate')}(${bytes}, ${mark}, ${include})`;
  }
  return `${names.runtime(isWide ? 'bytesTrimMulti' : 'bytesTrim')}(${bytes}, ${mark}, ${include}, ${padRight})`;
}

/** The terminator of a field: one byte, but where `strz` alone says it, as wide as one code unit. */
export function terminatorBytes(
  { extent, type }: Attribute,
  text: { encoding: string; zeroEnded: boolean } | undefined,
): readonly number[] {
  const width = text === undefined ? 1 : unitWidth(text.encoding);
  const isZeroEnded = text?.zeroEnded ?? (type?.kind === 'named' && type.text === 'strz');
  if (extent.terminator !== undefined) return [extent.terminator];
  return isZeroEnded ? new Array<number>(width).fill(0) : [];
}

function unitWidth(encoding: string): number {
  if (/^utf-?16/i.test(encoding)) return 2;
  return /^utf-?32/i.test(encoding) ? 4 : 1;
}

/** The bytes after `process`, whose arguments are evaluated after the bytes were read. */
export function processed(bytes: string, { process }: Attribute, outer: Scope): string {
  if (process === undefined) return bytes;
  const scope = { ...outer, place: process.place };
  const { names } = scope;
  const [name = '', ...more] = process.name;
  const [argument] = process.args;
  if (more.length === 0 && name === 'zlib') return `${names.runtime('processZlib')}(${bytes})`;
  if (more.length === 0 && name === 'xor' && argument !== undefined) {
    const key = present(translate(argument, scope), scope);
    if (key.type.kind === 'bytes') return `${names.runtime('processXorMany')}(${bytes}, ${key.text})`;
    return `${names.runtime('processXorOne')}(${bytes}, ${translateCount(argument, scope)})`;
  }
  if (more.length === 0 && (name === 'rol' || name === 'ror') && argument !== undefined) {
    const amount = translateCount(argument, scope);
    return `${names.runtime('processRotateLeft')}(${bytes}, ${name === 'rol' ? amount : `-(${amount})`})`;
  }
  const args = process.args.map((one) => present(translate(one, scope), scope).text);
  return `${names.runtime('processCustom')}(${bytes}, new ${names.opaqueClass(process.name.join('/'), true)}(${args.join(', ')}))`;
}
