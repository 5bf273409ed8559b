import type { ArithmeticOperator, Radix } from './expression.ts';
import { constantOf, isSafe, isWithin, OPERATORS, range, type Range } from './range.ts';
import type { Code, Names } from './scope.ts';
import { computed, type IntegerType } from './types.ts';

/** Code whose value is an integer. */
export interface IntegerCode extends Code {
  readonly type: IntegerType;
}

const PREFIXES: Readonly<Record<Radix, string>> = { 2: '0b', 10: '', 16: '0x' };
const INT32 = range(-(2n ** 31n), 2n ** 31n - 1n);
const UINT32 = range(0, 2n ** 32n - 1n);
const UINT31 = range(0, 2n ** 31n - 1n);
const SHIFT32 = range(0, 31);
const SHIFT_LIMIT = range(0, 1023);

/** An integer constant: a `number` where it fits, else a `bigint`. */
export function integerLiteral(value: bigint, radix: Radix = 10): IntegerCode {
  const type = computed(range(value, value));
  const digits = value < 0n ? value.toString() : `${PREFIXES[radix]}${value.toString(radix)}`;
  return { text: type.held === 'number' ? digits : `${digits}n`, type, optional: false, isLiteral: true };
}

/** Is the code a constant as such? What only can have one value may still end in an error: `0 / x`. */
function isLiteral({ text }: IntegerCode): boolean {
  return /^-?(?:0x[0-9a-f]+|0b[01]+|[0-9]+)n?$/.test(text);
}

/** The same integer as a `bigint`. */
export function toBig(code: IntegerCode, names: Names): string {
  const constant = constantOf(code.type.range);
  if (code.type.held === 'bigint') return code.text;
  if (constant !== undefined && isLiteral(code)) return `${code.text}n`;
  return `${names.global('BigInt')}(${code.text})`;
}

/** The same integer held as asked; a `number` is only asked for where the value fits or a check is wanted. */
export function heldAs(code: IntegerCode, held: 'number' | 'bigint', names: Names): string {
  if (code.type.held === held) return code.text;
  if (held === 'bigint') return toBig(code, names);
  return isSafe(code.type.range)
    ? `${names.global('Number')}(${code.text})`
    : `${names.runtime('toSafeInteger')}(${code.text})`;
}

/** `-a` or `~a`. */
export function unary(operator: '-' | '~', a: IntegerCode, result: Range, names: Names): IntegerCode {
  const constant = constantOf(a.type.range);
  if (constant !== undefined && isLiteral(a)) return integerLiteral(operator === '-' ? -constant : ~constant);
  const type = computed(result);
  if (type.held === 'bigint' || a.type.held !== 'number')
    return narrow(`(${operator}${toBig(a, names)})`, type, names);
  // `0 - a` and not `-a`: zero has one sign only.
  if (operator === '-') return { text: `(0 - ${a.text})`, type, optional: false };
  return { text: isWithin(a.type.range, INT32) ? `~${a.text}` : `(-1 - ${a.text})`, type, optional: false };
}

/** Two integers and an operator. Constants are computed at once; the rest is as fast as the intervals allow. */
export function binary(
  operator: ArithmeticOperator,
  a: IntegerCode,
  b: IntegerCode,
  names: Names,
): IntegerCode {
  const values = OPERATORS[operator](a.type.range, b.type.range);
  const constant = constantOf(values);
  const isDivision = operator === '/' || operator === '%';
  const canFail = isDivision && constantOf(b.type.range) === 0n;
  if (constant !== undefined && isLiteral(a) && isLiteral(b) && !canFail) return integerLiteral(constant);
  const type = computed(values);
  const areNumbers = a.type.held === 'number' && b.type.held === 'number';
  if (areNumbers && type.held === 'number')
    return { text: `(${onNumbers(operator, a, b, values, names)})`, type, optional: false };
  return narrow(`(${onBigs(operator, a, b, names)})`, type, names);
}

/** A `bigint` result whose interval fits is a `number` again. */
function narrow(text: string, type: IntegerType, names: Names): IntegerCode {
  return {
    text: type.held === 'number' ? `${names.global('Number')}(${text})` : text,
    type,
    optional: false,
  };
}

function onNumbers(
  operator: ArithmeticOperator,
  a: IntegerCode,
  b: IntegerCode,
  result: Range,
  names: Names,
): string {
  switch (operator) {
    case '/':
      if (isPositive(b.type.range)) return `${names.global('Math')}.floor(${a.text} / ${b.text})`;
      return `${names.runtime('floorDiv')}(${a.text}, ${b.text})`;
    case '%':
      if (isPositive(b.type.range) && isNatural(a.type.range)) return `${a.text} % ${b.text}`;
      return `${names.runtime('floorMod')}(${a.text}, ${b.text})`;
    case '<<':
      if (isWithin(result, INT32) && isWithin(a.type.range, INT32) && isWithin(b.type.range, SHIFT32)) {
        return `${a.text} << ${b.text}`;
      }
      return `${names.runtime('shiftLeft')}(${a.text}, ${b.text})`;
    case '>>':
      return shiftRight(a, b, names);
    case '&':
    case '|':
    case '^':
      return bitwise(operator, a, b, names);
    case '*':
      // `+ 0`: zero has one sign only.
      return mayGiveMinusZero(a, b) ? `${a.text} * ${b.text} + 0` : `${a.text} * ${b.text}`;
    default:
      return `${a.text} ${operator} ${b.text}`;
  }
}

function shiftRight(a: IntegerCode, b: IntegerCode, names: Names): string {
  if (isWithin(b.type.range, SHIFT32)) {
    if (isWithin(a.type.range, INT32)) return `${a.text} >> ${b.text}`;
    if (isWithin(a.type.range, UINT32)) return `${a.text} >>> ${b.text}`;
  }
  return `${names.runtime('shiftRight')}(${a.text}, ${b.text})`;
}

/** JavaScript's operators take the low 32 bits of any safe integer, so that they suffice wherever those decide. */
function bitwise(operator: '&' | '|' | '^', a: IntegerCode, b: IntegerCode, names: Names): string {
  const plain = `${a.text} ${operator} ${b.text}`;
  const both = (outer: Range): boolean => isWithin(a.type.range, outer) && isWithin(b.type.range, outer);
  const either = (outer: Range): boolean => isWithin(a.type.range, outer) || isWithin(b.type.range, outer);
  if (both(INT32) || (operator === '&' && either(UINT31))) return plain;
  if (both(UINT32) || (operator === '&' && either(UINT32))) return `(${plain}) >>> 0`;
  const helper = { '&': 'bitAnd', '|': 'bitOr', '^': 'bitXor' }[operator];
  return `${names.runtime(helper)}(${a.text}, ${b.text})`;
}

function onBigs(operator: ArithmeticOperator, a: IntegerCode, b: IntegerCode, names: Names): string {
  const [left, right] = [toBig(a, names), toBig(b, names)];
  if (operator === '/' || operator === '%') {
    if (isNatural(a.type.range) && isPositive(b.type.range)) return `${left} ${operator} ${right}`;
    return `${names.runtime(operator === '/' ? 'floorDivBig' : 'floorModBig')}(${left}, ${right})`;
  }
  const isShift = operator === '<<' || operator === '>>';
  if (isShift && !isWithin(b.type.range, SHIFT_LIMIT)) {
    return `${names.runtime(operator === '<<' ? 'shiftLeftBig' : 'shiftRightBig')}(${left}, ${right})`;
  }
  return `${left} ${operator} ${right}`;
}

function mayGiveMinusZero(a: IntegerCode, b: IntegerCode): boolean {
  return (mayBeZero(a) && !isNatural(b.type.range)) || (mayBeZero(b) && !isNatural(a.type.range));
}

function mayBeZero({ type }: IntegerCode): boolean {
  return isWithin(range(0, 0), type.range);
}

function isPositive(values: Range): boolean {
  return values.lo !== null && values.lo > 0n;
}

function isNatural(values: Range): boolean {
  return values.lo !== null && values.lo >= 0n;
}
