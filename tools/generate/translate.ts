import * as arithmetic from './arithmetic.ts';
import type { IntegerCode } from './arithmetic.ts';
import { CircularTypeError, suggest, ToldError } from './diagnostics.ts';
import { typeText } from './emit-types.ts';
import type { Expression } from './expression.ts';
import { castInteger, castStructure, typeOfCast } from './casts.ts';
import {
  asInteger,
  code,
  converted,
  countText,
  fail,
  isAssignable,
  literal,
  literalIf,
  present,
  sizeLiteral,
} from './code.ts';
import { compare } from './compare.ts';
import { translateMember } from './methods.ts';
import { ID } from './read-values.ts';
import { findType, requireEnum, valueTypeNamed } from './resolve.ts';
import { isPosition, isStreamEnd, isStreamSize, type Code, type Pins, type Scope } from './scope.ts';
import { invert, negate } from './range.ts';
import * as types from './types.ts';
import type { ValueType } from './types.ts';

/** Translates an expression to TypeScript, finding its type on the way. Throws SpecError at the scope's place. */
export function translate(expression: Expression, scope: Scope): Code {
  switch (expression.kind) {
    case 'integer':
      return arithmetic.integerLiteral(expression.value, expression.radix);
    case 'float':
      return code(floatText(expression.value), types.FLOAT);
    case 'string':
      return literal(JSON.stringify(expression.value), types.STRING);
    case 'boolean':
      return literal(String(expression.value), types.BOOLEAN);
    case 'interpolated':
      return interpolated(expression.parts, scope);
    case 'name':
      return named(expression.name, scope);
    case 'list':
      return list(expression.items, scope);
    case 'unary':
      return unary(expression, scope);
    case 'arithmetic':
      return arithmeticOf(expression, scope);
    case 'comparison':
      return comparison(expression, scope);
    case 'logic':
      return logic(expression, scope);
    case 'choice':
      return choice(expression, scope);
    case 'member':
      if (isPosition(expression) && scope.position !== undefined) return code(scope.position, types.LENGTH);
      if (isStreamSize(expression) && scope.length !== undefined) return code(scope.length, types.LENGTH);
      if (isStreamEnd(expression) && scope.end !== undefined) return code(scope.end, types.BOOLEAN);
      return translateMember(expression.of, expression.name, undefined, scope, translate);
    case 'call':
      if (expression.callee.kind !== 'member') return failCall(expression.callee, scope);
      return translateMember(expression.callee.of, expression.callee.name, expression.args, scope, translate);
    case 'index':
      return element(expression, scope);
    case 'cast':
      return cast(expression, scope);
    case 'sizeof':
      return sizeOf(expression, scope);
    case 'enum':
      return enumMember(expression, scope);
  }
}

/** What is called without being a method is most often a type that someone wants to read. */
function failCall(callee: Expression, scope: Scope): never {
  const isType = callee.kind === 'name' && findType([callee.name], scope.owner) !== undefined;
  if (!isType) return fail(scope, 'only methods can be called');
  const name = callee.name;
  return fail(
    scope,
    `only methods can be called, and '${name}' is a type: a structure is read by a field or instance with \`type: ${name}(...)\``,
  );
}

/** Translates what must be an integer: a size, position or count. */
export function translateInteger(expression: Expression, scope: Scope): IntegerCode {
  return asInteger(present(translate(expression, scope), scope), scope);
}

/**
 * Translates a size, position or count of what is read to a `number`. Beyond 2^53 it is not exact: there the bytes have
 * ended anyway.
 */
export function translateExtent(expression: Expression, scope: Scope): string {
  const { text, type } = translateInteger(expression, scope);
  return type.held === 'number' ? text : `${scope.names.global('Number')}(${text})`;
}

/** Translates an integer to a `number`; what is none below 2^53 is an error at run time. */
export function translateCount(expression: Expression, scope: Scope): string {
  return countText(translate(expression, scope), scope);
}

/** Translates what must be a boolean. */
export function translateCondition(expression: Expression, scope: Scope): string {
  return conditionOf(expression, scope).text;
}

/**
 * Translates the `if` of a field or instance. What it asks for may be absent by an `if` of its own, as in chains where each
 * byte says whether another one follows: the field is then absent, too.
 */
export function translateIf(expression: Expression, scope: Scope): string {
  return conditionOf(expression, { ...scope, isLenient: true }).text;
}

/** Operands that TypeScript takes for constants where the `if` holds. */
export function pinnedBy(expression: Expression, scope: Scope): readonly string[] {
  return pinsOf(conditionOf(expression, { ...scope, isLenient: true })).whenTrue;
}

function conditionOf(expression: Expression, scope: Scope): Code {
  const value = certain(translate(expression, scope), scope);
  if (value.type.kind !== 'boolean')
    fail(scope, `invalid type: expected boolean, got ${types.describe(value.type)}`);
  return value;
}

function floatText(value: number): string {
  const text = String(value);
  return /[.e]|Infinity/.test(text) ? text : `${text}.0`;
}

function interpolated(parts: readonly Expression[], scope: Scope): Code {
  const pieces = parts.map((part) => {
    if (part.kind === 'string') return templateText(part.value);
    const value = present(translate(part, scope), scope);
    const isText = ['string', 'integer'].includes(value.type.kind);
    if (!isText) fail(scope, `cannot put ${types.describe(value.type)} into a string`);
    return `\${${value.text}}`;
  });
  return code(`\`${pieces.join('')}\``, types.STRING);
}

function templateText(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll('`', '\\`')
    .replaceAll('${', '\\${');
}

function named(name: string, scope: Scope): Code {
  const { facts, owner, self } = scope;
  switch (name) {
    case '_':
      return scope.item ?? fail(scope, '`_` is known in `repeat-until` and `valid` only');
    case '_index':
      return code(scope.index ?? fail(scope, '`_index` is known in repeated fields only'), types.LENGTH);
    case '_io':
      return code(`${self}._io`, types.IO);
    case '_root':
      return {
        text: `${self}._root`,
        type: facts.rootType(owner),
        optional: facts.isRootOptional(owner),
        isOpen: true,
        said: name,
      };
    case '_parent':
      return {
        text: `${self}._parent`,
        type: facts.parentType(owner),
        optional: facts.isParentOptional(owner),
        isOpen: true,
        said: name,
      };
    case '_sizeof':
      return sizeLiteral(facts.typeBits(owner), name, scope);
  }
  if (!ID.test(name)) fail(scope, `invalid ID: '${name}', expected ${ID.toString()}`);
  const member = facts.memberOf(owner, name);
  if (member === undefined) {
    if (owner.broken.has(name)) throw new ToldError(scope.place, `'${name}' is wrong itself`);
    const hint = suggest(name, facts.memberNames(owner));
    fail(scope, `unable to access '${name}' in ${owner.name} context${hint}`);
  }
  const local = scope.locals?.get(name);
  if (local !== undefined) return local;
  if (scope.unread?.has(name) === true) {
    // The constructor is not there yet: the value is absent, whatever the type of the field says.
    return {
      text: `(${self} as ${scope.names.classType(owner)}).${member.property}`,
      type: member.type,
      optional: true,
      said: name,
    };
  }
  // A structure may be handed one that holds it.
  const isOpen = member.type.kind === 'user' && owner.params.some(({ id }) => id === name);
  const { type, optional } = member;
  return { text: `${self}.${member.property}`, type, optional, isOpen, said: name };
}

function sizeOf({ type, bits }: Extract<Expression, { kind: 'sizeof' }>, scope: Scope): Code {
  const size = scope.facts.namedBits(type.path, scope.owner, scope.place);
  if (!bits || size === undefined) return sizeLiteral(size, type.path.join('::'), scope);
  return arithmetic.integerLiteral(BigInt(size));
}

function list(items: readonly Expression[], scope: Scope): Code {
  if (items.length === 0)
    fail(scope, 'the type of an empty list is unknown, unless a cast tells it: `[].as<u1[]>`');
  const values = items.map((item) => present(translate(item, scope), scope));
  const texts = values.map(({ text }) => text);
  if (items.every((item) => item.kind === 'integer' && item.value >= 0n && item.value <= 255n)) {
    return code(`${scope.names.global('Uint8Array')}.of(${texts.join(', ')})`, types.BYTES);
  }
  const of = values
    .map(({ type }) => type)
    .reduce((a, b) => types.combine(a, b) ?? fail(scope, mismatch(a, b)));
  const element = of.kind === 'integer' && of.held === 'mixed' ? { ...of, held: 'bigint' as const } : of;
  const elements = values.map((value) => converted(value, element, scope).text);
  return code(`[${elements.join(', ')}]`, types.arrayOf(element));
}

function mismatch(a: ValueType, b: ValueType): string {
  return `can't combine ${types.describe(a)} and ${types.describe(b)}`;
}

function unary({ operator, operand }: Extract<Expression, { kind: 'unary' }>, scope: Scope): Code {
  if (operator === 'not') {
    const value = booleanOperand(operand, operator, scope);
    const { whenTrue, whenFalse } = pinsOf(value);
    const pins = { whenTrue: whenFalse, whenFalse: whenTrue };
    return { ...code(`!(${value.text})`, types.BOOLEAN), ...literalIf(value.isLiteral), pins };
  }
  const value = present(translate(operand, scope), scope);
  const { type } = value;
  if (type.kind === 'float' && operator === '-') return code(`(-${value.text})`, type);
  if (type.kind !== 'integer')
    fail(scope, `unable to apply unary operator ${operator} to ${types.describe(type)}`);
  const result = operator === '-' ? negate(type.range) : invert(type.range);
  return arithmetic.unary(operator, { ...value, type }, result, scope.names);
}

/** A boolean that is there; in an `if`, one that is absent does not hold. */
function certain(value: Code, scope: Scope): Code {
  if (!value.optional || scope.isLenient !== true) return present(value, scope);
  return { ...code(`(${value.text} === true)`, value.type), pins: { whenTrue: [value.text], whenFalse: [] } };
}

function booleanOperand(operand: Expression, operator: string, scope: Scope): Code {
  const value = certain(translate(operand, scope), scope);
  if (value.type.kind !== 'boolean')
    fail(scope, `unable to apply operator ${operator} to ${types.describe(value.type)}`);
  return value;
}

function logic({ operator, left, right }: Extract<Expression, { kind: 'logic' }>, scope: Scope): Code {
  const isAnd = operator === 'and';
  const a = booleanOperand(left, operator, scope);
  const [pinsA, key] = [pinsOf(a), isAnd ? ('whenTrue' as const) : ('whenFalse' as const)];
  const b = booleanOperand(right, operator, pinning(pinsA[key], scope));
  const known = [...pinsA[key], ...pinsOf(b)[key]];
  const pins = { whenTrue: isAnd ? known : [], whenFalse: isAnd ? [] : known };
  const text = `((${a.text}) ${isAnd ? '&&' : '||'} (${b.text}))`;
  return { ...code(text, types.BOOLEAN), ...literalIf(a.isLiteral ?? b.isLiteral), pins };
}

/** What is known where a condition holds, and where it does not: a plain boolean tells its own value. */
function pinsOf({ text, pins, isLiteral }: Code): Pins {
  return (
    pins ?? (isLiteral === true ? { whenTrue: [], whenFalse: [] } : { whenTrue: [text], whenFalse: [text] })
  );
}

/** The scope behind a condition. */
function pinning(texts: readonly string[], scope: Scope): Scope {
  return texts.length === 0 ? scope : { ...scope, pinned: [...(scope.pinned ?? []), ...texts] };
}

function arithmeticOf(
  { operator, left, right }: Extract<Expression, { kind: 'arithmetic' }>,
  scope: Scope,
): Code {
  const a = present(translate(left, scope), scope);
  const b = present(translate(right, scope), scope);
  if (a.type.kind === 'string' && b.type.kind === 'string' && operator === '+') {
    return code(`(${a.text} + ${b.text})`, types.STRING);
  }
  if (isIntegral(a.type) && isIntegral(b.type)) {
    return arithmetic.binary(operator, asInteger(a, scope), asInteger(b, scope), scope.names);
  }
  const isNumeric = [a, b].every(({ type }) => type.kind === 'float' || isIntegral(type));
  if (!isNumeric || !['+', '-', '*', '/', '%'].includes(operator)) {
    fail(
      scope,
      `unable to apply operator ${operator} to ${types.describe(a.type)} and ${types.describe(b.type)}`,
    );
  }
  const [x, y] = [a, b].map((value) => converted(value, types.FLOAT, scope).text);
  return code(`(${x} ${operator} ${y})`, types.FLOAT);
}

function isIntegral(type: ValueType): boolean {
  return type.kind === 'integer';
}

function comparison(
  { operator, left, right }: Extract<Expression, { kind: 'comparison' }>,
  scope: Scope,
): Code {
  if (scope.isLenient !== true)
    return compare(translate(left, scope), operator, translate(right, scope), scope);
  const needed: string[] = [];
  const inner = { ...scope, needed };
  const result = compare(translate(left, inner), operator, translate(right, inner), inner);
  const guards = [...new Set(needed)].map((text) => `${text} !== undefined && `);
  return guards.length === 0 ? result : { ...result, text: `(${guards.join('')}${result.text})` };
}

function choice({ condition, yes, no }: Extract<Expression, { kind: 'choice' }>, scope: Scope): Code {
  const test = conditionOf(condition, scope);
  const { whenTrue, whenFalse } = pinsOf(test);
  const [a, b] = [translate(yes, pinning(whenTrue, scope)), translate(no, pinning(whenFalse, scope))];
  const common = types.combine(a.type, b.type);
  if (common === undefined) fail(scope, mismatch(a.type, b.type));
  const type = settled(common);
  const [x, y] = [converted(a, type, scope), converted(b, type, scope)];
  const isLiteral = x.isLiteral === true && y.isLiteral === true;
  const text = `((${test.text}) ? (${x.text}) : (${y.text}))`;
  const isOpen = x.isOpen === true || y.isOpen === true;
  return { text, type, optional: x.optional || y.optional, isOpen, ...literalIf(isLiteral) };
}

/** A computed integer is held one way: as its interval asks, where its sources disagree. */
function settled(type: ValueType): ValueType {
  return type.kind === 'integer' && type.held === 'mixed' ? types.computed(type.range) : type;
}

function element({ of, index }: Extract<Expression, { kind: 'index' }>, scope: Scope): Code {
  const array = present(translate(of, scope), scope);
  const at = translateInteger(index, scope);
  const isBytes = array.type.kind === 'bytes';
  if (array.type.kind !== 'array' && !isBytes) fail(scope, `unable to index ${types.describe(array.type)}`);
  const type = array.type.kind === 'array' ? array.type.of : types.BYTE;
  return code(`${scope.names.runtime('elementAt')}(${array.text}, ${at.text})`, type);
}

function cast({ of, type: { path, isArray } }: Extract<Expression, { kind: 'cast' }>, scope: Scope): Code {
  const wanted = valueTypeNamed(path, isArray, scope.owner, scope.place);
  if (wanted.kind === 'array' && of.kind === 'list') return castList(of.items, wanted, scope);
  if (wanted.kind === 'bytes' && of.kind === 'list') return castBytes(of.items, scope);
  const value = castOperand(of, wanted, scope);
  if (wanted.kind === 'any') return { ...value, type: wanted };
  if (wanted.kind === 'integer') return castInteger(value, wanted, scope);
  if (wanted.kind === 'user' || wanted.kind === 'opaque') return castStructure(value, wanted, scope);
  if (isAssignable(value.type, wanted)) return { ...value, type: wanted };
  if (wanted.kind === 'float' && value.type.kind === 'integer')
    return { ...converted(value, wanted, scope), type: wanted };
  return {
    ...value,
    text: `${scope.names.runtime('castTo')}<${typeText(wanted, scope)}>(${value.text})`,
    type: wanted,
  };
}

/** A cast says its type whatever its operand is, and so ends a circle of types. The text is of no account then: it comes later. */
function castOperand(of: Expression, wanted: ValueType, scope: Scope): Code {
  try {
    return translate(of, scope);
  } catch (error) {
    if (error instanceof CircularTypeError) return code('', typeOfCast(wanted));
    throw error;
  }
}

function castList(items: readonly Expression[], wanted: types.ArrayType, scope: Scope): Code {
  const values = items.map(
    (item) => converted(present(translate(item, scope), scope), wanted.of, scope).text,
  );
  return code(`[${values.join(', ')}]`, { ...wanted, like: false });
}

/** A list of computed bytes. */
function castBytes(items: readonly Expression[], scope: Scope): Code {
  const values = items.map((item) => translateCount(item, scope));
  return code(`${scope.names.global('Uint8Array')}.of(${values.join(', ')})`, types.BYTES);
}

function enumMember({ path, name, label }: Extract<Expression, { kind: 'enum' }>, scope: Scope): Code {
  const spec = requireEnum([...path, name], scope.owner, scope.place);
  const member = spec.members.find((one) => one.label === label);
  if (member === undefined) {
    const hint = suggest(
      label,
      spec.members.map((one) => one.label),
    );
    const where = spec.place.path.join('/');
    fail(
      scope,
      `unable to find enum member '${name}::${label}' (enum '${spec.name}' defined at /${where})${hint}`,
    );
  }
  const of = types.computed({ lo: member.value, hi: member.value });
  const held = scope.facts.isBigEnum(spec) ? 'bigint' : 'number';
  return literal(`${scope.names.enum(spec)}.${label}`, { kind: 'enum', spec, of: { ...of, held } });
}
