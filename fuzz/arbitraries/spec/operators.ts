import type { ArithmeticOperator, ComparisonOperator } from '../../../tools/generate/expression.ts';
import { SpecStructure, Unfit, Unserved, type Value } from './values.ts';

/** `left operator right`: integers without end, quotients and remainders rounded down. Throws Unfit where there is no result. */
export function calculate(operator: ArithmeticOperator, left: Value, right: Value): Value {
  if (typeof left === 'bigint' && typeof right === 'bigint') return calculateIntegers(operator, left, right);
  if (typeof left === 'string' && typeof right === 'string' && operator === '+') return left + right;
  if (!isNumber(left) || !isNumber(right)) throw new Unserved(`${operator} on what are no numbers`);
  return calculateFloats(operator, Number(left), Number(right));
}

/** As {@link calculate}, for integers only. */
export function calculateIntegers(operator: ArithmeticOperator, left: bigint, right: bigint): bigint {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return floorDivide(left, right);
    case '%':
      return left - right * floorDivide(left, right);
    case '<<':
    case '>>':
      if (right < 0n || right > 4096n) throw new Unfit('shifted too far');
      return operator === '<<' ? left << right : left >> right;
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
  }
}

function floorDivide(left: bigint, right: bigint): bigint {
  if (right === 0n) throw new Unfit('divided by zero');
  const quotient = left / right;
  return left % right !== 0n && left < 0n !== right < 0n ? quotient - 1n : quotient;
}

function calculateFloats(operator: ArithmeticOperator, left: number, right: number): number {
  if (operator === '+') return left + right;
  if (operator === '-') return left - right;
  if (operator === '*') return left * right;
  if (operator === '/') return left / right;
  if (operator === '%') return left - right * Math.floor(left / right);
  throw new Unserved(`${operator} on floats`);
}

/** `left operator right`; bytes and lists compare element by element, structures by identity. */
export function compareValues(operator: ComparisonOperator, left: Value, right: Value): boolean {
  const order = orderOf(left, right);
  if (operator === '==') return order === 0;
  if (operator === '!=') return order !== 0;
  if (order === undefined) return false;
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
}

/** Negative, zero or positive; undefined where there is no order. */
function orderOf(left: Value, right: Value): number | undefined {
  if (left instanceof SpecStructure || right instanceof SpecStructure) return left === right ? 0 : undefined;
  if (isList(left) && isList(right)) {
    for (let index = 0; index < Math.min(left.length, right.length); index++) {
      const order = orderOf(left[index], right[index]);
      if (order !== 0) return order;
    }
    return left.length - right.length;
  }
  if (left === right) return 0;
  const [one, other] = [left as bigint, right as bigint];
  return one == other ? 0 : one < other ? -1 : one > other ? 1 : undefined;
}

/** The value of a condition. */
export function isTrue(value: Value): boolean {
  if (typeof value !== 'boolean') throw new Unserved('a condition that is neither true nor false');
  return value;
}

/** Bytes are a list, too. */
export function isList(value: Value): value is readonly Value[] | Uint8Array {
  return Array.isArray(value) || value instanceof Uint8Array;
}

function isNumber(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}
