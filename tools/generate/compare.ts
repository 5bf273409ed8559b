import * as arithmetic from './arithmetic.ts';
import { code, converted, fail, present } from './code.ts';
import type { ComparisonOperator } from './expression.ts';
import { constantOf } from './range.ts';
import type { Code, Names, Scope } from './scope.ts';
import { typePath, type EnumSpec } from './model.ts';
import * as types from './types.ts';
import type { ValueType } from './types.ts';

/** Is `a == b` to be had? `said` is what the spec calls `a`, where it is a member. Throws SpecError if not. */
export function checkComparable(
  a: ValueType,
  b: ValueType,
  operator: ComparisonOperator,
  scope: Scope,
  said?: string,
): void {
  const isEquality = operator === '==' || operator === '!=';
  const isNumeric = (type: ValueType): boolean =>
    type.kind === 'integer' || type.kind === 'float' || isMixedUnion(type);
  const isPlain = a.kind === b.kind && ['string', 'bytes', 'boolean', 'any'].includes(a.kind);
  const isOrdered = a.kind !== 'boolean' || isEquality;
  const isSameEnum = a.kind === 'enum' && b.kind === 'enum' && a.spec === b.spec && isEquality;
  if (
    (isPlain && isOrdered) ||
    isSameEnum ||
    (isNumeric(a) && isNumeric(b)) ||
    a.kind === 'any' ||
    b.kind === 'any'
  )
    return;
  const [first, second] = [types.describe(a), types.describe(b)];
  const isAlike = a.kind === 'enum' && b.kind === 'enum' && first === second;
  const what = isAlike ? `${enumPath(a.spec)} and ${enumPath(b.spec)}` : `${first} and ${second}`;
  fail(scope, `can't compare ${what}${mendFor(a, b, said)}`);
}

/** An enum with the types around it, which tell it from others of its name. */
function enumPath({ owner, name }: EnumSpec): string {
  return `enum '${[...typePath(owner), name].join('::')}'`;
}

/** How a number and a name of an enum come together. */
function mendFor(a: ValueType, b: ValueType, said: string | undefined): string {
  const [named, number] = a.kind === 'enum' ? [a, b] : [b, a];
  if (named.kind !== 'enum' || number.kind !== 'integer') return '';
  const { name } = named.spec;
  return a.kind === 'enum' || said === undefined
    ? `: give the number \`enum: ${name}\`, or take \`.to_i\` of the enum's value`
    : `: add \`enum: ${name}\` to \`${said}\``;
}

/** `a operator b`. Throws SpecError where the two cannot be compared. */
export function compare(left: Code, operator: ComparisonOperator, right: Code, scope: Scope): Code {
  checkComparable(left.type, right.type, operator, scope, left.said);
  const test = testInPlace(left, right, scope) ?? testInPlace(right, left, scope);
  if (test !== undefined && operator === '==') return code(test, types.BOOLEAN);
  if (test !== undefined && operator === '!=') return code(`!${test}`, types.BOOLEAN);
  const isEquality = operator === '==' || operator === '!=';
  const isPinned = (value: Code): boolean =>
    value.isLiteral === true || scope.pinned?.includes(value.text) === true;
  const first = left.isLiteral === true && isPinned(right) ? widened(left) : left;
  const second =
    right.isLiteral === true && left.isLiteral !== true && isPinned(left) ? widened(right) : right;
  const a = isEquality && left.type.kind !== 'bytes' ? first : present(first, scope);
  const b = isEquality && right.type.kind !== 'bytes' ? second : present(second, scope);
  if (a.type.kind === 'bytes' && isEquality) {
    const equal = `${scope.names.runtime('bytesEqual')}(${bytesText(a)}, ${bytesText(b)})`;
    return code(operator === '==' ? equal : `!${equal}`, types.BOOLEAN);
  }
  if (a.type.kind === 'bytes') {
    return code(
      `(${scope.names.runtime('byteArrayCompare')}(${a.text}, ${b.text}) ${operator} 0)`,
      types.BOOLEAN,
    );
  }
  const [x, y] = isEquality ? comparableTexts(a, b, scope) : [bigBeside(a, b, scope), bigBeside(b, a, scope)];
  const plain = code(`(${x} ${COMPLEMENT[operator]} ${y})`, types.BOOLEAN);
  const known = first.isLiteral === true ? [right.text] : second.isLiteral === true ? [left.text] : [];
  if (operator === '==') return { ...plain, pins: { whenTrue: known, whenFalse: [] } };
  return operator === '!=' ? { ...plain, pins: { whenTrue: [], whenFalse: known } } : plain;
}

/** Do the bytes from `start` of `view` on equal these? Short signatures are one number. */
export function holdsText(start: string, bytes: readonly number[], names: Names): string {
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0'));
  if (![1, 2, 4].includes(bytes.length))
    return `${names.runtime('bytesAt')}(view, ${start}, [${hex.map((digits) => `0x${digits}`).join(', ')}])`;
  return `(view.getUint${bytes.length * 8}(${start}) === 0x${hex.join('')})`;
}

/** Do bytes equal a constant, or are they all zero? Of bytes whose place is known that is said without taking them out. */
function testInPlace(bytes: Code, constant: Code, { names }: Scope): string | undefined {
  const { within, greatestOf } = bytes;
  const list = constant.type.kind === 'bytes' ? bytesText(constant) : '';
  if (within !== undefined && list.startsWith('[') && list.split(',').length === within.size)
    return holdsText(within.start, list.slice(1, -1).split(',').map(Number), names);
  const isZero = constant.isLiteral === true && constant.text === '0';
  const whole = greatestOf?.within;
  if (whole === undefined || !isZero || whole.size === 0) return undefined;
  return `${names.runtime('zerosAt')}(view, ${whole.start}, ${whole.size})`;
}

/** A constant that TypeScript takes for any value of its kind. */
function widened(value: Code): Code {
  const { type } = value;
  const kinds: Readonly<Record<string, string>> = { string: 'string', boolean: 'boolean' };
  const held = type.kind === 'enum' ? type.of.held : type.kind === 'integer' ? type.held : kinds[type.kind];
  return held === undefined ? value : { ...value, text: `(${value.text} as ${held})` };
}

/** The text of bytes to compare: of constants a list will do, which is made in no time. */
function bytesText({ text }: Code): string {
  const [, items] = /^(?:globalThis\.)?Uint8Array\.of\(([0-9a-fx, ]*)\)$/.exec(text) ?? [];
  return items === undefined ? text : `[${items}]`;
}

/** The text of a value; a constant beside a `bigint` is one too, because comparing two of a kind is several times as fast. */
function bigBeside(value: Code, other: Code, { names }: Scope): string {
  const { type } = value;
  if (type.kind !== 'integer' || other.type.kind !== 'integer' || constantOf(type.range) === undefined)
    return value.text;
  if (other.isRounded === true) return value.text.replace(/n$/, '');
  return type.held === 'number' && other.type.held === 'bigint'
    ? arithmetic.toBig({ ...value, type }, names)
    : value.text;
}

/** `===` wants both sides held alike. */
function comparableTexts(left: Code, right: Code, scope: Scope): readonly [string, string] {
  const heldOf = (type: ValueType): string | undefined => {
    if (type.kind === 'integer') return type.held;
    return type.kind === 'enum' ? type.of.held : undefined;
  };
  if (heldOf(left.type) === heldOf(right.type) && heldOf(left.type) !== 'mixed')
    return [left.text, right.text];
  if (heldOf(left.type) === undefined && heldOf(right.type) === undefined) return [left.text, right.text];
  const big = (value: Code): string => {
    const solid = present(value, scope);
    if (solid.type.kind === 'integer') return arithmetic.toBig({ ...solid, type: solid.type }, scope.names);
    if (solid.type.kind === 'enum') return arithmetic.toBig({ ...solid, type: solid.type.of }, scope.names);
    return solid.text;
  };
  const isFloat = left.type.kind === 'float' || right.type.kind === 'float';
  if (isFloat) return [converted(left, types.FLOAT, scope).text, converted(right, types.FLOAT, scope).text];
  return [big(left), big(right)];
}

const COMPLEMENT = { '==': '===', '!=': '!==', '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const;

function isMixedUnion(type: ValueType): boolean {
  return type.kind === 'union' && type.members.every(({ kind }) => kind === 'integer' || kind === 'float');
}
