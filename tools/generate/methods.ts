import type { IntegerCode } from './arithmetic.ts';
import { suggest, ToldError } from './diagnostics.ts';
import type { Expression } from './expression.ts';
import type { TypeSpec } from './model.ts';
import type { Code, Scope } from './scope.ts';
import { countText, fail, present, sizeLiteral } from './code.ts';
import { intersection, isSafe } from './range.ts';
import * as types from './types.ts';
import type { ValueType } from './types.ts';

type Translate = (expression: Expression, scope: Scope) => Code;

/** One method or property that a kind of value has; `parameters` lists the kinds of its arguments. */
interface Method {
  readonly result: ValueType;
  readonly parameters?: readonly ('integer' | 'encoding')[];
  /** The last parameter may be left out. */
  readonly optional?: boolean;
  readonly write: (value: string, args: readonly string[], scope: Scope) => string;
}

const LENGTH: Method = { result: types.LENGTH, write: (value) => `${value}.length` };
const TO_TEXT: Method = {
  result: types.STRING,
  write: (value, _, { names }) => `${names.global('String')}(${value})`,
};

/** `x.name` becomes `helper(x)` of the runtime. */
function helper(name: string, result: ValueType): Method {
  return { result, write: (value, _, { names }) => `${names.runtime(name)}(${value})` };
}

const METHODS: Readonly<Record<string, Readonly<Record<string, Method>>>> = {
  integer: { to_s: TO_TEXT },
  float: { to_i: helper('floatToInteger', types.PARSED) },
  boolean: {
    to_i: {
      result: types.computed({ lo: 0n, hi: 1n }),
      write: (value, _, { names }) => `${names.global('Number')}(${value})`,
    },
  },
  string: {
    length: LENGTH,
    reverse: helper('reverseString', types.STRING),
    to_i: {
      result: types.PARSED,
      parameters: ['integer'],
      optional: true,
      write: (value, args, { names }) => `${names.runtime('parseInteger')}(${[value, ...args].join(', ')})`,
    },
    substring: {
      result: types.STRING,
      parameters: ['integer', 'integer'],
      write: (value, args) => `${value}.substring(${args.join(', ')})`,
    },
    to_b: {
      result: types.BYTES,
      parameters: ['encoding'],
      write: (value, args, { names }) => `${names.runtime('strToBytes')}(${[value, ...args].join(', ')})`,
    },
  },
  bytes: {
    length: LENGTH,
    size: LENGTH,
    to_s: {
      result: types.STRING,
      parameters: ['encoding'],
      write: (value, args, { names }) => `${names.runtime('bytesToStr')}(${[value, ...args].join(', ')})`,
    },
    first: {
      result: types.BYTE,
      write: (value, _, { names }) => `${names.runtime('elementAt')}(${value}, 0)`,
    },
    last: helper('lastOf', types.BYTE),
    min: helper('minOf', types.BYTE),
    max: helper('maxOf', types.BYTE),
  },
  io: {
    size: { result: types.LENGTH, write: (value) => `${value}.size` },
    pos: { result: types.LENGTH, write: (value) => `${value}.pos` },
    eof: { result: types.BOOLEAN, write: (value) => `${value}.isEof()` },
  },
};

/** Translates `of.name` and `of.name(args)`. Throws SpecError at the scope's place. */
export function translateMember(
  of: Expression,
  name: string,
  args: readonly Expression[] | undefined,
  scope: Scope,
  translate: Translate,
): Code {
  if (name === '_sizeof' && args === undefined) return sizeOfValue(of, scope, translate);
  const value = present(translate(of, scope), scope);
  const { type } = value;
  const isCalled = args !== undefined;
  if (types.isStructure(type))
    return isCalled ? failCall(name, type, scope) : structureMember(value, name, scope);
  if (type.kind === 'enum')
    return isCalled ? failCall(name, type, scope) : enumMethod(value, type, name, scope);
  const methods = type.kind === 'array' ? arrayMethods(type) : (METHODS[type.kind] ?? {});
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method === undefined) failUnknown(name, type, Object.keys(methods), scope);
  if (isCalled && method.parameters === undefined) failCall(name, type, scope);
  const receiver = /^-?[0-9.]+$/.test(value.text) ? `(${value.text})` : value.text;
  const text = method.write(
    receiver,
    writeArguments(method, name, type, args ?? [], scope, translate),
    scope,
  );
  const result = { text, type: method.result, optional: false };
  return type.kind === 'bytes' && name === 'max' ? { ...result, greatestOf: value } : result;
}

function arrayMethods({ of }: types.ArrayType): Readonly<Record<string, Method>> {
  return {
    size: LENGTH,
    first: { result: of, write: (value, _, { names }) => `${names.runtime('elementAt')}(${value}, 0)` },
    last: helper('lastOf', of),
    min: helper('minOf', of),
    max: helper('maxOf', of),
  };
}

function writeArguments(
  { parameters = [], optional = false }: Method,
  name: string,
  type: ValueType,
  args: readonly Expression[],
  scope: Scope,
  translate: Translate,
): readonly string[] {
  const fewest = parameters.length - (optional ? 1 : 0);
  if (args.length < fewest || args.length > parameters.length) {
    const expected = parameters.map((kind) => (kind === 'encoding' ? 'string' : kind)).join(', ');
    const message = `wrong arguments to method call \`${name}\` on ${types.describe(type)}`;
    fail(scope, `${message}: expected (${expected}), got ${args.length}`);
  }
  return args.map((arg, index) => {
    if (parameters[index] === 'integer') return countText(translate(arg, scope), scope);
    if (arg.kind !== 'string') fail(scope, `${name}: argument #${index}: expected string literal`);
    return JSON.stringify(arg.value);
  });
}

function enumMethod(
  value: Code,
  type: Extract<ValueType, { kind: 'enum' }>,
  name: string,
  scope: Scope,
): Code {
  if (name !== 'to_i') failUnknown(name, type, ['to_i'], scope);
  const constant = type.of.range.lo === type.of.range.hi ? type.of.range.lo : null;
  const isLiteral = constant !== null && value.text.endsWith(`.${labelOf(type, constant) ?? ''}`);
  const number =
    constant !== null && isLiteral ? { ...value, text: `${constant}`, type: type.of } : undefined;
  if (number === undefined) return enumInteger(value, type.of, scope);
  return type.of.held === 'bigint' ? { ...number, text: `${number.text}n` } : number;
}

/** The integer that an enum's value is, which is exact or an error. */
export function enumInteger(value: Code, type: types.IntegerType, scope: Scope): IntegerCode {
  if (type.held !== 'number' || isSafe(type.range)) return { ...value, type };
  const text = `${scope.names.runtime('toSafeInteger')}(${present(value, scope).text})`;
  return { text, type: { ...type, range: intersection(type.range, types.PARSED.range) }, optional: false };
}

function labelOf({ spec }: Extract<ValueType, { kind: 'enum' }>, value: bigint): string | undefined {
  return spec.members.find((member) => member.value === value)?.label;
}

function structureMember(value: Code, name: string, scope: Scope): Code {
  const { type } = value;
  const { facts } = scope;
  if (name === '_io') return { text: `${value.text}._io`, type: types.IO, optional: false };
  if (type.kind === 'user' && name === '_parent') {
    return {
      text: `${value.text}._parent`,
      type: facts.parentType(type.type),
      optional: facts.isParentOptional(type.type),
      isOpen: true,
      said: `${value.said ?? 'a structure'}._parent`,
    };
  }
  if (type.kind === 'user' && name === '_root') {
    return {
      text: `${value.text}._root`,
      type: facts.rootType(type.type),
      optional: facts.isRootOptional(type.type),
      isOpen: true,
      said: `${value.said ?? 'a structure'}._root`,
    };
  }
  if (name === '_parent' || name === '_root')
    return { text: `${value.text}.${name}`, type: types.STRUCT, optional: true, isOpen: true };
  const member = type.kind === 'user' ? memberOf(value, type.type, name, scope) : undefined;
  return (
    member ?? failUnknown(name, type, type.kind === 'user' ? facts.memberNames(type.type) : ['_io'], scope)
  );
}

/** A member of a structure; that of one which is still being read may not be there yet. */
function memberOf(value: Code, holder: TypeSpec, name: string, scope: Scope): Code | undefined {
  const { facts, owner, names } = scope;
  const member = facts.memberOf(holder, name);
  if (member === undefined) return undefined;
  const { type, optional } = member;
  // Of what is cast for one member no more is asked than that member.
  const cast =
    value.castFrom && `${names.runtime('castTo')}(${value.castFrom.text}, ${names.class(holder)}, '${name}')`;
  const text = `${cast ?? value.text}.${member.property}`;
  const said = value.said === undefined ? name : `${value.said}.${name}`;
  if (value.isOpen !== true) return { text, type, optional, said };
  const isOwn = holder === owner && scope.unread?.has(name) === true;
  const { isUnread, isOpen } = facts.stateOf(holder, name, owner);
  if (optional || !(isUnread || isOwn)) return { text, type, optional, isOpen, said };
  const solid = `${names.runtime('present')}(${text}, ${JSON.stringify(said)})`;
  return { text: solid, type, optional: false, isOpen, said };
}

/** What is no method is told without arguments, and without parentheses. */
function failCall(name: string, type: ValueType, scope: Scope): never {
  fail(
    scope,
    `don't know how to call method '${name}' of ${types.describe(type)}: without arguments it has no parentheses`,
  );
}

function failUnknown(name: string, type: ValueType, known: readonly string[], scope: Scope): never {
  if (type.kind === 'user') {
    if (type.type.broken.has(name)) throw new ToldError(scope.place, `'${name}' is wrong itself`);
    fail(scope, `unable to access '${name}' in ${type.type.name} context${suggest(name, known)}`);
  }
  const what = types.isStructure(type) ? 'structure of no certain type' : types.describe(type);
  return fail(scope, `don't know how to call method '${name}' of ${what}${suggest(name, known)}`);
}

/** `x._sizeof`: what the member x takes in the stream, or the size of a structure's type. */
function sizeOfValue(of: Expression, scope: Scope, translate: Translate): Code {
  const { facts, owner } = scope;
  if (of.kind === 'name' && !of.name.startsWith('_')) {
    translate(of, scope);
    return sizeLiteral(facts.memberBits(owner, of.name), of.name, scope);
  }
  if (of.kind === 'member') {
    const holder = translate(of.of, scope).type;
    if (holder.kind === 'user') return sizeLiteral(facts.memberBits(holder.type, of.name), of.name, scope);
  }
  const { type } = translate(of, scope);
  return sizeLiteral(type.kind === 'user' ? facts.typeBits(type.type) : undefined, 'value', scope);
}
