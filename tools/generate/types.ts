import type { EnumSpec, TypeSpec } from './model.ts';
import { bitsRange, constantOf, isSafe, range, UNBOUNDED, union, type Range } from './range.ts';

/** How an integer is held at run time; `mixed` is one of both, as the cases of a switch may give. */
export type Representation = 'number' | 'bigint' | 'mixed';

/** An integer: what is known of its value, and how it is held. */
export interface IntegerType {
  readonly kind: 'integer';
  readonly range: Range;
  readonly held: Representation;
}

/** A list. `table` names the typed array that holds a list of plain numbers. */
export interface ArrayType {
  readonly kind: 'array';
  readonly of: ValueType;
  readonly table: string | undefined;
  /** Elements may be held in a typed array or in a list: only length and index are sure. */
  readonly like: boolean;
}

/** What an expression of the Kaitai language gives. */
export type ValueType =
  | IntegerType
  | ArrayType
  | { readonly kind: 'float' | 'boolean' | 'string' | 'bytes' | 'io' | 'struct' | 'any' }
  | { readonly kind: 'enum'; readonly spec: EnumSpec; readonly of: IntegerType }
  | { readonly kind: 'user'; readonly type: TypeSpec }
  | { readonly kind: 'opaque'; readonly name: string }
  | { readonly kind: 'union'; readonly members: readonly ValueType[] };

/** Plain kinds without parts. */
export const FLOAT: ValueType = { kind: 'float' };
export const BOOLEAN: ValueType = { kind: 'boolean' };
export const STRING: ValueType = { kind: 'string' };
export const BYTES: ValueType = { kind: 'bytes' };
export const IO: ValueType = { kind: 'io' };
export const STRUCT: ValueType = { kind: 'struct' };
export const ANY: ValueType = { kind: 'any' };

/** The integer type of a computed value: a `number` where every value fits, else a `bigint`. */
export function computed(values: Range): IntegerType {
  return { kind: 'integer', range: values, held: isSafe(values) ? 'number' : 'bigint' };
}

/** The integer type of a declared width: 64-bit integers and bit fields above 32 bits are always `bigint`. */
export function declared(bits: number, signed: boolean): IntegerType {
  return { kind: 'integer', range: bitsRange(bits, signed), held: bits > 32 ? 'bigint' : 'number' };
}

/** Lengths, positions and indices: no byte array in memory comes near 2^40 bytes. */
export const LENGTH: IntegerType = computed(range(0, 2n ** 40n));
/** Whatever `to_i` makes of text or of a float; more than a number holds is an error at run time. */
export const PARSED: IntegerType = computed(range(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER));
/** An integer of which nothing is known. */
export const UNKNOWN_INTEGER: IntegerType = { kind: 'integer', range: UNBOUNDED, held: 'mixed' };
/** One element of a byte array. */
export const BYTE: IntegerType = declared(8, false);

/** A list of the given elements. */
export function arrayOf(of: ValueType, table?: string): ArrayType {
  return { kind: 'array', of, table, like: false };
}

/** A type in words, for messages. */
export function describe(type: ValueType): string {
  switch (type.kind) {
    case 'integer': {
      const constant = constantOf(type.range);
      return constant === undefined ? 'integer' : `integer ${constant}`;
    }
    case 'array':
      return `array of ${describe(type.of)}`;
    case 'enum':
      return `enum '${type.spec.name}'`;
    case 'user':
      return `type '${type.type.name}'`;
    case 'opaque':
      return `opaque type '${type.name}'`;
    case 'union':
      return 'one of several types';
    case 'bytes':
      return 'byte array';
    case 'io':
      return 'stream';
    default:
      return type.kind;
  }
}

/** Are both the same class, enum or plain kind, so that one can stand for the other? */
export function sameType(a: ValueType, b: ValueType): boolean {
  if (a.kind === 'user' && b.kind === 'user') return a.type === b.type;
  if (a.kind === 'enum' && b.kind === 'enum') return a.spec === b.spec;
  if (a.kind === 'opaque' && b.kind === 'opaque') return a.name === b.name;
  if (a.kind === 'array' && b.kind === 'array') return sameType(a.of, b.of);
  if (a.kind === 'union' && b.kind === 'union') return a.members.length === b.members.length;
  return a.kind === b.kind;
}

/** Is it a structure of some kind? */
export function isStructure(type: ValueType): boolean {
  return type.kind === 'user' || type.kind === 'opaque' || type.kind === 'struct' || isStructureUnion(type);
}

function isStructureUnion(type: ValueType): boolean {
  return type.kind === 'union' && type.members.every(isStructure);
}

/** The type of a value that is of one or the other type; undefined where nothing sensible holds both. */
export function combine(a: ValueType, b: ValueType): ValueType | undefined {
  if (a.kind === 'integer' && b.kind === 'integer') return combineIntegers(a, b);
  if (a.kind === 'enum' && b.kind === 'enum' && a.spec === b.spec) {
    return { ...a, of: combineIntegers(a.of, b.of) };
  }
  if (a.kind === 'array' && b.kind === 'array') return combineArrays(a, b);
  if (a.kind !== 'union' && sameType(a, b)) return a;
  if (a.kind === 'any' || b.kind === 'any') return ANY;
  const kinds = new Set([a.kind, b.kind]);
  if (kinds.has('integer') && kinds.has('float')) return FLOAT;
  const isOpen = a.kind === 'union' || b.kind === 'union';
  return isOpen || (isStructure(a) && isStructure(b)) ? unionOf([a, b]) : undefined;
}

function combineIntegers(a: IntegerType, b: IntegerType): IntegerType {
  return { kind: 'integer', range: union(a.range, b.range), held: a.held === b.held ? a.held : 'mixed' };
}

function combineArrays(a: ArrayType, b: ArrayType): ValueType | undefined {
  const of = combine(a.of, b.of);
  if (of === undefined) return undefined;
  const same = a.table === b.table && a.like === b.like;
  return { kind: 'array', of, table: same ? a.table : undefined, like: same ? a.like : true };
}

/** Any of the types, each once; a single type is itself, integers become one. */
export function unionOf(types: readonly ValueType[]): ValueType {
  const members: ValueType[] = [];
  for (const type of types.flatMap((item) => (item.kind === 'union' ? item.members : [item]))) {
    const twin = members.findIndex((known) => sameType(known, type) && combine(known, type) !== undefined);
    const known = members[twin];
    if (known === undefined) members.push(type);
    else members[twin] = combine(known, type) ?? known;
  }
  const [only, ...others] = members;
  return only !== undefined && others.length === 0 ? only : { kind: 'union', members };
}
