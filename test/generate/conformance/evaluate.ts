import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseExpression, type Expression } from '../../../tools/generate/expression.ts';
import { propertyName } from '../../../tools/generate/naming.ts';
import { parseYaml } from '../../../tools/generate/yaml.ts';
import { plain, SUITE } from './suite.ts';

/** Evaluates an expression of a `.kst` case with a parsed object as scope. Integers come out as bigints. */
export function evaluate(text: string, scope: unknown): unknown {
  return value(parseExpression(text), scope);
}

function value(expression: Expression, scope: unknown): unknown {
  const of = (inner: Expression): unknown => value(inner, scope);
  switch (expression.kind) {
    case 'integer':
    case 'float':
    case 'string':
    case 'boolean':
      return expression.value;
    case 'name':
      return expression.name === 'null' ? undefined : member(scope, expression.name, []);
    case 'list':
      return expression.items.map(of);
    case 'unary':
      return negate(expression.operator, of(expression.operand));
    case 'arithmetic':
      return calculate(expression.operator, of(expression.left), of(expression.right));
    case 'member':
      return member(of(expression.of), expression.name, []);
    case 'call':
      if (expression.callee.kind !== 'member') throw new Error('only methods can be called');
      return member(of(expression.callee.of), expression.callee.name, expression.args.map(of));
    case 'index':
      return exact(Reflect.get(Object(of(expression.of)), String(of(expression.index))));
    case 'cast':
      return of(expression.of);
    case 'enum':
      return enumValue([...expression.path, expression.name], expression.label);
    default:
      throw new Error(`a case uses ${expression.kind}, which the evaluator lacks`);
  }
}

function negate(operator: string, operand: unknown): unknown {
  if (operator === '-' && typeof operand === 'bigint') return -operand;
  if (operator === '-' && typeof operand === 'number') return -operand;
  throw new Error(`cannot apply ${operator} to ${String(operand)}`);
}

function calculate(operator: string, left: unknown, right: unknown): bigint {
  if (typeof left !== 'bigint' || typeof right !== 'bigint') throw new Error(`cannot apply ${operator}`);
  if (operator === '+') return left + right;
  if (operator === '-') return left - right;
  if (operator === '*') return left * right;
  throw new Error(`cannot apply ${operator}`);
}

/** What the expression language itself offers on values; everything else is a property of a parsed object. */
function member(of: unknown, name: string, args: readonly unknown[]): unknown {
  if (typeof of === 'bigint' || typeof of === 'number') return numberMember(of, name);
  if (typeof of === 'boolean' && name === 'to_i') return of ? 1n : 0n;
  if (typeof of === 'string') return stringMember(of, name, args);
  if (isList(of)) return listMember(of, name);
  if (of === null || of === undefined) throw new Error(`nothing has no ${name}`);
  return exact(Reflect.get(Object(of), propertyName(name)));
}

function numberMember(of: bigint | number, name: string): unknown {
  if (name === 'to_s') return String(of);
  if (name === 'to_i') return typeof of === 'number' ? BigInt(Math.trunc(of)) : of;
  throw new Error(`a number has no ${name}`);
}

function stringMember(of: string, name: string, args: readonly unknown[]): unknown {
  if (name === 'length') return BigInt(of.length);
  if (name === 'to_i') return BigInt(of);
  if (name === 'reverse') return Array.from(of).reverse().join('');
  if (name === 'substring') return of.substring(Number(args[0]), Number(args[1]));
  throw new Error(`a string has no ${name}`);
}

function listMember(of: ArrayLike<unknown>, name: string): unknown {
  if (name === 'size' || name === 'length') return BigInt(of.length);
  if (name === 'first') return exact(of[0]);
  if (name === 'last') return exact(of[of.length - 1]);
  throw new Error(`an array has no ${name}`);
}

/** Anything that is indexed by number. */
export function isList(of: unknown): of is ArrayLike<unknown> {
  return Array.isArray(of) || (ArrayBuffer.isView(of) && 'length' in of);
}

/** A property's value with integers as bigints, so that they compare by value and exactly. */
function exact(of: unknown): unknown {
  return typeof of === 'number' && Number.isInteger(of) && !Object.is(of, -0) ? BigInt(of) : of;
}

/** The number behind `spec::type::enum::member`, looked up in the spec itself and not in generated code. */
function enumValue(path: readonly string[], label: string): bigint {
  const [spec = '', ...inner] = path;
  const name = inner.pop() ?? '';
  let type = asMap(plain(parseYaml(readFileSync(join(SUITE, 'formats', `${spec}.ksy`), 'utf8'), spec)));
  for (const part of inner) type = asMap(asMap(type['types'])[part]);
  const members = Object.entries(asMap(asMap(type['enums'])[name]));
  const found = members.find(([, member]) => member === label || asMap(member)['id'] === label);
  if (found === undefined) throw new Error(`no ${label} in ${path.join('::')}`);
  return BigInt(found[0].replaceAll('_', ''));
}

function asMap(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Relative difference that floats may have: cases write 32-bit floats in decimal, and rounded. */
const FLOAT_TOLERANCE = 1e-6;

/** Are two values the same, integers exactly, arrays and byte arrays element by element? Absent is null. */
export function isSame(a: unknown, b: unknown): boolean {
  if (isList(a) && isList(b))
    return a.length === b.length && Array.from(a).every((item, index) => isSame(item, b[index]));
  const [left, right] = [exact(a) ?? null, exact(b) ?? null];
  const bothExact = typeof left !== 'number' && typeof right !== 'number';
  if (bothExact || !isNumber(left) || !isNumber(right)) return left === right;
  const difference = Math.abs(Number(left) - Number(right));
  return difference <= FLOAT_TOLERANCE * Math.abs(Number(right));
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}
