import { SpecError, suggest, ToldError, type Place } from './diagnostics.ts';
import { caseName, type Expression } from './expression.ts';
import {
  typePath,
  type Attribute,
  type Endian,
  type EnumSpec,
  type Located,
  type NamedTypeRef,
  type SpecFile,
  type TypeSpec,
} from './model.ts';
import * as types from './types.ts';
import type { IntegerType, ValueType } from './types.ts';

/** Byte order of one field; `calculated` is decided when its structure is read. */
export type FieldEndian = 'le' | 'be' | 'calculated';

/** How the bytes of one element of a field become its value. */
export type Wire =
  | {
      readonly kind: 'integer';
      readonly bytes: number;
      readonly signed: boolean;
      readonly endian: FieldEndian;
      readonly value: IntegerType;
    }
  | { readonly kind: 'float'; readonly bytes: number; readonly endian: FieldEndian }
  | { readonly kind: 'bits'; readonly bits: number; readonly endian: 'le' | 'be'; readonly isFlag: boolean }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'string'; readonly encoding: string; readonly zeroEnded: boolean }
  | {
      readonly kind: 'user';
      readonly type: TypeSpec;
      readonly args: readonly Expression[];
      readonly place: Place;
    }
  | {
      readonly kind: 'opaque';
      readonly name: string;
      readonly args: readonly Expression[];
      readonly place: Place;
    }
  | SwitchWire;

/** A field whose type depends on a value. */
export interface SwitchWire {
  readonly kind: 'switch';
  readonly on: Located;
  /** In the order of the spec; the case without `when` is the default. */
  readonly cases: readonly { readonly when: Located | undefined; readonly wire: Wire }[];
}

/** Does a case fit, whatever the value is? There is a default case, or the value is a boolean and both have theirs. */
export function isTotal({ cases }: SwitchWire): boolean {
  const has = (value: boolean): boolean =>
    cases.some(({ when }) => when?.ast.kind === 'boolean' && when.ast.value === value);
  return cases.some(({ when }) => when === undefined) || (has(true) && has(false));
}

const INTEGER = /^([us])(?:1|([248])(le|be)?)$/;
const FLOAT = /^f([48])(le|be)?$/;
const BITS = /^b([0-9]+)(le|be)?$/;

/** Finds the type that a path names, seen from inside `from`: nested types first, then outwards, then imports. */
export function findType(path: readonly string[], from: TypeSpec): TypeSpec | undefined {
  const [first = '', ...rest] = path;
  for (let at: TypeSpec | undefined = from; at !== undefined; at = at.outer) {
    const nested = at.types.get(first);
    if (nested !== undefined) return within(nested, rest);
  }
  const top = first === from.spec.id ? from.spec : importedSpec(first, from.spec, new Set());
  return top && within(top.root, rest);
}

function importedSpec(id: string, spec: SpecFile, seen: Set<SpecFile>): SpecFile | undefined {
  const direct = spec.imports.get(id);
  if (direct !== undefined || seen.has(spec)) return direct;
  seen.add(spec);
  for (const imported of spec.imports.values()) {
    const found = importedSpec(id, imported, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The rest of a path is looked up as if it stood in the type itself, so that it may lead out again. */
function within(type: TypeSpec, path: readonly string[]): TypeSpec | undefined {
  return path.length === 0 ? type : findType(path, type);
}

/** As {@link findType}, but an unknown name is a SpecError at `place`. */
export function requireType(path: readonly string[], from: TypeSpec, place: Place): TypeSpec {
  const found = findType(path, from);
  if (found !== undefined) return found;
  if (isBroken(path[0] ?? '', from))
    throw new ToldError(place, `the type '${path.join('::')}' is wrong itself`);
  throw new SpecError(
    place,
    `unable to find type '${path.join('::')}', ${searchedFrom(from)}${suggestType(path, from)}`,
  );
}

/** Is there something of that name around which could not be read? */
function isBroken(name: string, from: TypeSpec): boolean {
  for (let at: TypeSpec | undefined = from; at !== undefined; at = at.outer)
    if (at.broken.has(name)) return true;
  return from.spec.brokenImports.has(name) || from.spec.brokenImports.has('*');
}

function searchedFrom(from: TypeSpec): string {
  return `searching from ${typePath(from).join('::')}`;
}

function suggestType(path: readonly string[], from: TypeSpec): string {
  const known = [
    'str',
    'strz',
    'u1',
    'u2',
    'u4',
    'u8',
    's1',
    's2',
    's4',
    's8',
    'f4',
    'f8',
    ...from.spec.imports.keys(),
  ];
  for (let at: TypeSpec | undefined = from; at !== undefined; at = at.outer) known.push(...at.types.keys());
  return suggest(path.join('::'), known);
}

/** Finds the enum that a path names, seen from inside `from`. Throws SpecError at `place`. */
export function requireEnum(path: readonly string[], from: TypeSpec, place: Place): EnumSpec {
  const name = path.at(-1) ?? '';
  const holder = path.slice(0, -1);
  const found = enumAround(name, holder.length === 0 ? from : findType(holder, from));
  if (found !== undefined) return found;
  if (isBroken(path[0] ?? '', from))
    throw new ToldError(place, `the enum '${path.join('::')}' is wrong itself`);
  const known: string[] = [];
  for (let at: TypeSpec | undefined = from; at !== undefined; at = at.outer) known.push(...at.enums.keys());
  throw new SpecError(
    place,
    `unable to find enum '${path.join('::')}', ${searchedFrom(from)}${suggest(name, known)}`,
  );
}

function enumAround(name: string, from: TypeSpec | undefined): EnumSpec | undefined {
  for (let at: TypeSpec | undefined = from; at !== undefined; at = at.outer) {
    const found = at.enums.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The byte order in force inside a type. */
export function endianOf(type: TypeSpec): Endian | undefined {
  return type.endian ?? (type.outer && endianOf(type.outer));
}

/** Does the type, or one around it, choose its byte order when it is read? */
export function hasCalculatedEndian(type: TypeSpec): boolean {
  return typeof endianOf(type) === 'object';
}

function bitEndianOf(type: TypeSpec): 'le' | 'be' {
  return type.bitEndian ?? (type.outer === undefined ? 'be' : bitEndianOf(type.outer));
}

function encodingOf(attribute: Attribute, owner: TypeSpec, place: Place): string {
  if (attribute.encoding !== undefined) return attribute.encoding.name;
  for (let at: TypeSpec | undefined = owner; at !== undefined; at = at.outer) {
    if (at.encoding !== undefined) return at.encoding.name;
  }
  throw new SpecError(place, 'string type encountered, but no encoding found');
}

/** How one element of a field is read. Throws SpecError. */
export function wireOf(attribute: Attribute, owner: TypeSpec): Wire {
  const { type, extent } = attribute;
  if (extent.size !== undefined && extent.sizeEos) {
    throw new SpecError(attribute.whole, "only one of 'size' or 'size-eos' must be specified");
  }
  if (type?.kind === 'switch') return switchWire(attribute, owner);
  return type === undefined ? bytesWire(attribute) : namedWire(type, type.place, attribute, owner);
}

function switchWire(attribute: Attribute, owner: TypeSpec): Wire {
  const { type } = attribute;
  if (type?.kind !== 'switch') throw new TypeError('not a switch');
  const cases = type.cases.map(({ when, type: named }) => {
    const path = [...type.place.path, 'cases', when === undefined ? 'Name(identifier(_))' : caseName(when)];
    const place = { ...named.place, path };
    return { when: when && { ...when, place }, wire: namedWire(named, place, attribute, owner) };
  });
  const isSized = attribute.extent.size !== undefined || attribute.extent.sizeEos;
  const wire: SwitchWire = { kind: 'switch', on: type.on, cases };
  return isSized && !isTotal(wire)
    ? { ...wire, cases: [...cases, { when: undefined, wire: { kind: 'bytes' } }] }
    : wire;
}

function bytesWire({ extent, checks, whole }: Attribute): Wire {
  const isKnown = extent.size !== undefined || extent.sizeEos || extent.terminator !== undefined;
  if (!isKnown && !checks.some(({ kind }) => kind === 'contents')) {
    throw new SpecError(whole, "'size', 'size-eos' or 'terminator' must be specified");
  }
  return { kind: 'bytes' };
}

/** `place` names the type among the cases of a switch by its parsed case. */
function namedWire(ref: NamedTypeRef, place: Place, attribute: Attribute, owner: TypeSpec): Wire {
  const isPlain = ref.name.path.length === 1 && ref.args.length === 0 && !ref.name.isArray;
  const name = isPlain ? (ref.name.path[0] ?? '') : '';
  const { size, sizeEos, terminator } = attribute.extent;
  const isSized = size !== undefined || sizeEos || terminator !== undefined;
  const whole = attribute.type?.kind === 'switch' ? ref.place : attribute.whole;
  const builtIn = numericWire(name, ref, owner, attribute.enumName !== undefined);
  if (builtIn !== undefined) return builtIn;
  if (name === 'str' || name === 'strz') {
    if (name === 'str' && !isSized)
      throw new SpecError(whole, "'size', 'size-eos' or 'terminator' must be specified");
    return { kind: 'string', encoding: encodingOf(attribute, owner, whole), zeroEnded: name === 'strz' };
  }
  if (attribute.process !== undefined && !isSized) {
    const need = "needs 'size', 'size-eos' or 'terminator' if 'process' is used";
    throw new SpecError(whole, `type '${ref.text}' ${need}`);
  }
  return userWire({ ...ref, place }, owner);
}

function userWire({ name, args, place }: NamedTypeRef, owner: TypeSpec): Wire {
  const type = findType(name.path, owner);
  if (type !== undefined) return { kind: 'user', type, args, place };
  const [first, ...more] = name.path;
  if (owner.spec.opaqueTypes && first !== undefined && more.length === 0)
    return { kind: 'opaque', name: first, args, place };
  return { kind: 'user', type: requireType(name.path, owner, place), args, place };
}

function numericWire(name: string, ref: NamedTypeRef, owner: TypeSpec, isEnum: boolean): Wire | undefined {
  const integer = INTEGER.exec(name);
  if (integer !== null) {
    const [, sign, width = '1', order] = integer;
    const bytes = Number(width);
    const endian = fieldEndian(order, bytes, name, ref, owner);
    const signed = sign === 's';
    return { kind: 'integer', bytes, signed, endian, value: types.declared(bytes * 8, signed) };
  }
  const float = FLOAT.exec(name);
  if (float !== null) {
    const bytes = Number(float[1]);
    return { kind: 'float', bytes, endian: fieldEndian(float[2], bytes, name, ref, owner) };
  }
  const bits = BITS.exec(name);
  if (bits === null) return undefined;
  const count = Number(bits[1]);
  if (count > 64) throw new SpecError(ref.place, `bit fields are up to 64 bits wide, got ${count}`);
  const endian = bits[2] === undefined ? bitEndianOf(owner) : bits[2] === 'le' ? 'le' : 'be';
  return { kind: 'bits', bits: count, endian, isFlag: count === 1 && !isEnum };
}

function fieldEndian(
  written: string | undefined,
  bytes: number,
  name: string,
  { place }: NamedTypeRef,
  owner: TypeSpec,
): FieldEndian {
  if (written === 'le' || written === 'be') return written;
  if (bytes === 1) return 'be';
  const inherited = endianOf(owner);
  if (inherited === undefined)
    throw new SpecError(place, `unable to use type '${name}' without default endianness`);
  return typeof inherited === 'string' ? inherited : 'calculated';
}

/** The type of one element as read, before an `enum:` is applied. */
export function elementType(wire: Wire): ValueType {
  switch (wire.kind) {
    case 'integer':
      return wire.value;
    case 'float':
      return types.FLOAT;
    case 'bits':
      return wire.isFlag ? types.BOOLEAN : types.declared(wire.bits, false);
    case 'bytes':
      return types.BYTES;
    case 'string':
      return types.STRING;
    case 'user':
      return { kind: 'user', type: wire.type };
    case 'opaque':
      return { kind: 'opaque', name: wire.name };
    case 'switch':
      return types.unionOf(wire.cases.map((one) => elementType(one.wire)));
  }
}

/** A type named in `params` or in a cast. Throws SpecError. */
export function valueTypeNamed(
  path: readonly string[],
  isArray: boolean,
  from: TypeSpec,
  place: Place,
): ValueType {
  const element = namedValueType(path, from, place);
  return isArray ? { kind: 'array', of: element, table: undefined, like: true } : element;
}

function namedValueType(path: readonly string[], from: TypeSpec, place: Place): ValueType {
  const name = path.length === 1 ? (path[0] ?? '') : '';
  const plain = PLAIN.get(name);
  if (plain !== undefined) return plain;
  const integer = INTEGER.exec(name);
  // A value has no byte order.
  if (integer !== null && integer[3] === undefined)
    return types.declared(Number(integer[2] ?? 1) * 8, integer[1] === 's');
  if (/^f[48]$/.test(name)) return types.FLOAT;
  const bits = BITS.exec(name);
  if (bits !== null) return bits[1] === '1' ? types.BOOLEAN : types.declared(Number(bits[1]), false);
  const type = findType(path, from);
  if (type === undefined && from.spec.opaqueTypes && name !== '') return { kind: 'opaque', name };
  return { kind: 'user', type: type ?? requireType(path, from, place) };
}

const PLAIN: ReadonlyMap<string, ValueType> = new Map([
  ['str', types.STRING],
  ['bytes', types.BYTES],
  ['bool', types.BOOLEAN],
  ['struct', types.STRUCT],
  ['io', types.IO],
  ['any', types.ANY],
]);

/** All structures that reading one element can create, with the reference that names each. */
export function structuresIn(wire: Wire): readonly Extract<Wire, { kind: 'user' }>[] {
  if (wire.kind === 'switch') return wire.cases.flatMap((one) => structuresIn(one.wire));
  return wire.kind === 'user' ? [wire] : [];
}
