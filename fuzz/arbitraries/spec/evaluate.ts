import type { Analysis } from '../../../tools/generate/analysis.ts';
import type { Expression, TypeName } from '../../../tools/generate/expression.ts';
import type { Located } from '../../../tools/generate/model.ts';
import { findType, requireEnum } from '../../../tools/generate/resolve.ts';
import { bytesToStr, strToBytes } from '../../../src/codec/index.ts';
import { BitStream } from './bit-stream.ts';
import { calculate, compareValues, isList, isTrue } from './operators.ts';
import { SpecStructure, Unfit, Unserved, type Value } from './values.ts';

/** Where an expression stands. */
export interface Standpoint {
  readonly analysis: Analysis;
  readonly self: SpecStructure;
  /** `_` */
  readonly item?: Value;
  /** `_index` */
  readonly index?: number | undefined;
}

/**
 * The value of an expression by the book: exact integers, no types, no intervals.
 *
 * @throws Unfit where it has none with these values; Unserved where it asks for what is read from elsewhere.
 */
export function evaluate(located: Located, at: Standpoint): Value {
  return valueOf(located.ast, at, located.place);
}

/** Does an `if` hold? What it asks for may be absent: then that part of it does not. */
export function holds({ ast, place }: Located, at: Standpoint): boolean {
  const of = (part: Expression): boolean => holds({ ast: part, place, text: '' }, at);
  if (ast.kind === 'logic')
    return ast.operator === 'or' ? of(ast.left) || of(ast.right) : of(ast.left) && of(ast.right);
  if (ast.kind === 'unary' && ast.operator === 'not') return !of(ast.operand);
  try {
    return isTrue(present(valueOf(ast, at, place)));
  } catch (error) {
    if (error instanceof Absent) return false;
    throw error;
  }
}

/** As {@link evaluate}, for a size or a count. */
export function evaluateCount(located: Located, at: Standpoint): number {
  const value = evaluate(located, at);
  if (typeof value !== 'bigint' || value < 0n || value > 4096n)
    throw new Unfit(`${String(value)} is no size`);
  return Number(value);
}

/** As {@link evaluate}, without saying where it was written. */
export function valueOf(expression: Expression, at: Standpoint, place: Located['place']): Value {
  const of = (inner: Expression): Value => present(valueOf(inner, at, place));
  switch (expression.kind) {
    case 'integer':
    case 'float':
    case 'string':
    case 'boolean':
      return expression.value;
    case 'interpolated':
      return expression.parts.map((part) => String(of(part))).join('');
    case 'name':
      return named(expression.name, at);
    case 'list':
      return listOf(expression.items.map(of));
    case 'unary':
      return unary(expression.operator, of(expression.operand));
    case 'arithmetic':
      return calculate(expression.operator, of(expression.left), of(expression.right));
    case 'comparison':
      return compareValues(expression.operator, of(expression.left), of(expression.right));
    case 'logic': {
      const left = isTrue(of(expression.left));
      return left === (expression.operator === 'or') ? left : isTrue(of(expression.right));
    }
    case 'choice':
      return isTrue(of(expression.condition)) ? of(expression.yes) : of(expression.no);
    case 'member':
      return expression.name === '_sizeof'
        ? sizeOfMember(expression.of, at, of)
        : member(of(expression.of), expression.name, [], at);
    case 'call':
      if (expression.callee.kind !== 'member') throw new Unserved('calls something that is no method');
      return member(of(expression.callee.of), expression.callee.name, expression.args.map(of), at);
    case 'index':
      return elementAt(of(expression.of), of(expression.index));
    case 'cast':
      return cast(of(expression.of), expression.type, at);
    case 'sizeof':
      return sizeFrom(
        at.analysis.namedBits(expression.type.path, at.self.type, place),
        expression.bits ? 1 : 8,
      );
    case 'enum': {
      const spec = requireEnum([...expression.path, expression.name], at.self.type, place);
      return spec.members.find(({ label }) => label === expression.label)?.value;
    }
  }
}

/** A number becomes one of the type; of all others only a structure can turn out to be of another type. */
function cast(value: Value, { path }: TypeName, { self }: Standpoint): Value {
  if (value instanceof SpecStructure && value.type !== (findType(path, self.type) ?? value.type))
    throw new Unfit('the structure is of another type');
  const name = path.join('::');
  if (typeof value === 'bigint' && /^f[48]/.test(name)) return Number(value);
  return typeof value === 'number' && /^[usb][0-9]/.test(name) ? integerOf(value) : value;
}

class Absent extends Unfit {}

function present(value: Value): Value {
  if (value === undefined) throw new Absent('a field that is absent is asked for');
  return value;
}

function listOf(items: readonly Value[]): Value {
  const isBytes = items.every((item) => typeof item === 'bigint' && item >= 0n && item <= 255n);
  return isBytes ? Uint8Array.from(items, Number) : items;
}

function unary(operator: '-' | '~' | 'not', operand: Value): Value {
  if (operator === 'not') return !isTrue(operand);
  if (typeof operand === 'bigint') return operator === '-' ? -operand : ~operand;
  if (typeof operand === 'number' && operator === '-') return -operand;
  throw new Unserved(`${operator} of what is no number`);
}

function named(name: string, at: Standpoint): Value {
  switch (name) {
    case '_':
      return at.item;
    case '_index':
      return BigInt(at.index ?? 0);
    case '_sizeof':
      return sizeFrom(at.analysis.typeBits(at.self.type), 8);
    default:
      return fieldOf(at.self, name, at.analysis);
  }
}

/** A param, field or computed instance of a structure, or what every structure has. */
export function fieldOf(structure: SpecStructure, name: string, analysis: Analysis): Value {
  const { type, params, fields } = structure;
  if (name === '_parent') return structure.parent;
  if (name === '_root') return structure.root;
  if (name === '_io') return structure.stream;
  if (params.has(name)) return params.get(name);
  const field = fields.get(name);
  if (field !== undefined) return field.value;
  const instance = type.instances.find(({ id }) => id === name);
  if (instance?.kind === 'parsed') throw new Unserved(`\`${name}\` is read from elsewhere`);
  if (instance?.value === undefined) return undefined;
  const at: Standpoint = { analysis, self: structure };
  if (instance.condition !== undefined && !holds(instance.condition, at)) return undefined;
  return evaluate(instance.value, at);
}

function member(of: Value, name: string, args: readonly Value[], at: Standpoint): Value {
  if (of instanceof SpecStructure) return fieldOf(of, name, at.analysis);
  if (of instanceof BitStream) return streamMember(of, name);
  if (typeof of === 'string') return textMember(of, name, args);
  if (isList(of)) return listMember(of, name, args);
  if (name === 'to_s') return String(of);
  if (name === 'to_i') return integerOf(of);
  throw new Unserved(`a value has no ${name}`);
}

function streamMember(of: BitStream, name: string): Value {
  if (name === 'eof') return of.isEof;
  return BigInt(name === 'pos' ? of.pos : of.size);
}

function integerOf(value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number' && Number.isSafeInteger(Math.trunc(value))) return BigInt(Math.trunc(value));
  throw new Unfit('not an integer');
}

function textMember(of: string, name: string, [first, second]: readonly Value[]): Value {
  if (name === 'length') return BigInt(of.length);
  if (name === 'reverse') return Array.from(of).reverse().join('');
  if (name === 'substring') return of.substring(Number(first), Number(second));
  if (name === 'to_b') return strToBytes(of, String(first));
  if (name === 'to_i') return parseInteger(of, Number(first ?? 10n));
  throw new Unserved(`text has no ${name}`);
}

function parseInteger(text: string, radix: number): bigint {
  const value = Number.parseInt(text, radix);
  if (!Number.isSafeInteger(value) || value.toString(radix) !== text.toLowerCase())
    throw new Unfit('no integer');
  return BigInt(value);
}

function listMember(of: readonly Value[] | Uint8Array, name: string, [first]: readonly Value[]): Value {
  if (name === 'size' || name === 'length') return BigInt(of.length);
  if (name === 'to_s' && of instanceof Uint8Array) return bytesToStr(of, String(first));
  if (name === 'first') return elementAt(of, 0n);
  if (name === 'last') return elementAt(of, BigInt(of.length - 1));
  const isBetter = name === 'min' ? '<' : '>';
  return Array.from<Value>(of).reduce(
    (best, _, index) => {
      const item = elementAt(of, BigInt(index));
      return compareValues(isBetter, item, best) ? item : best;
    },
    elementAt(of, 0n),
  );
}

function elementAt(of: Value, index: Value): Value {
  const element = isList(of) ? of[Number(index)] : undefined;
  if (element === undefined) throw new Unfit('there is no such element');
  return exact(element, of);
}

/** An element of a byte array is an integer. */
function exact(element: Value, of: unknown): Value {
  return typeof element === 'number' && of instanceof Uint8Array ? BigInt(element) : element;
}

function sizeOfMember(of: Expression, at: Standpoint, value: (of: Expression) => Value): Value {
  const { analysis, self } = at;
  if (of.kind === 'name' && !of.name.startsWith('_'))
    return sizeFrom(analysis.memberBits(self.type, of.name), 8);
  const holder = of.kind === 'member' ? value(of.of) : undefined;
  if (of.kind === 'member' && holder instanceof SpecStructure)
    return sizeFrom(analysis.memberBits(holder.type, of.name), 8);
  const structure = value(of);
  return sizeFrom(structure instanceof SpecStructure ? analysis.typeBits(structure.type) : undefined, 8);
}

function sizeFrom(bits: number | undefined, unit: number): bigint {
  if (bits === undefined) throw new Unserved('asks for a size that no expression has');
  return BigInt(Math.ceil(bits / unit));
}
