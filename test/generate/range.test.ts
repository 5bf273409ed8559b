import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bitsRange,
  constantOf,
  invert,
  isSafe,
  isWithin,
  negate,
  OPERATORS,
  range,
  union,
  UNBOUNDED,
  type Range,
} from '../../tools/generate/range.ts';

const floorDivide = (a: bigint, b: bigint): bigint => (a - (((a % b) + b) % b)) / b;

/** The operators themselves, on exact integers; undefined where there is no result. */
const EXACT: Readonly<Record<keyof typeof OPERATORS, (a: bigint, b: bigint) => bigint | undefined>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0n ? undefined : floorDivide(a, b)),
  '%': (a, b) => (b === 0n ? undefined : a - floorDivide(a, b) * b),
  '<<': (a, b) => (b < 0n || b > 200n ? undefined : a << b),
  '>>': (a, b) => (b < 0n ? undefined : a >> b),
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
};

const LIMIT = 2n ** 70n;
const bound = fc.oneof(fc.bigInt(-LIMIT, LIMIT), fc.bigInt(-20n, 20n));
/** An interval and a value inside it; ends may be open. */
const inside = fc
  .tuple(bound, bound, bound, fc.boolean(), fc.boolean())
  .map(([a, b, c, openLow, openHigh]): { values: Range; value: bigint } => {
    const [lo = 0n, value = 0n, hi = 0n] = [a, b, c].sort((x, y) => (x < y ? -1 : x > y ? 1 : 0));
    return { values: { lo: openLow && lo !== hi ? null : lo, hi: openHigh && lo !== hi ? null : hi }, value };
  });

const holds = ({ lo, hi }: Range, value: bigint): boolean =>
  (lo === null || lo <= value) && (hi === null || value <= hi);

describe('intervals', () => {
  for (const operator of Object.keys(OPERATORS) as (keyof typeof OPERATORS)[]) {
    it(`hold every result of ${operator}`, () => {
      fc.assert(
        fc.property(inside, inside, (a, b) => {
          const result = EXACT[operator](a.value, b.value);
          return result === undefined || holds(OPERATORS[operator](a.values, b.values), result);
        }),
        { numRuns: 3000, seed: 1 },
      );
    });
  }

  it('hold every result of the operators on one integer, and both operands of a union', () => {
    fc.assert(
      fc.property(inside, inside, (a, b) => {
        const both = union(a.values, b.values);
        return (
          holds(negate(a.values), -a.value) &&
          holds(invert(a.values), ~a.value) &&
          holds(both, a.value) &&
          holds(both, b.value)
        );
      }),
      { numRuns: 3000, seed: 1 },
    );
  });

  it.each<readonly [string, Range, Range, keyof typeof OPERATORS]>([
    ['u4 * 512 is a number', bitsRange(32, false), range(512, 512), '*'],
    ['u8 & 0xffff is a number', bitsRange(64, false), range(0xffff, 0xffff), '&'],
    ['anything & 0xffff is a number', UNBOUNDED, range(0xffff, 0xffff), '&'],
    ['u8 % 512 is a number', bitsRange(64, false), range(512, 512), '%'],
    ['u8 >> 11 is a number', bitsRange(64, false), range(11, 11), '>>'],
    ['s4 / u4 is a number', bitsRange(32, true), bitsRange(32, false), '/'],
    ['u4 | u4 is a number', bitsRange(32, false), bitsRange(32, false), '|'],
  ])('%s', (_, a, b, operator) => {
    expect(isSafe(OPERATORS[operator](a, b))).toBe(true);
  });

  it.each<readonly [string, Range, Range, keyof typeof OPERATORS]>([
    ['u4 * u4 is not', bitsRange(32, false), bitsRange(32, false), '*'],
    ['1 << u4 is not', range(1, 1), bitsRange(32, false), '<<'],
    ['u8 + 1 is not', bitsRange(64, false), range(1, 1), '+'],
    ['u8 >> 10 is not', bitsRange(64, false), range(10, 10), '>>'],
  ])('%s', (_, a, b, operator) => {
    expect(isSafe(OPERATORS[operator](a, b))).toBe(false);
  });

  it('know constants and what lies within what', () => {
    expect(constantOf(range(5, 5))).toBe(5n);
    expect(constantOf(range(5, 6))).toBeUndefined();
    expect(constantOf(UNBOUNDED)).toBeUndefined();
    expect(isWithin(bitsRange(8, true), bitsRange(16, true))).toBe(true);
    expect(isWithin(bitsRange(8, false), bitsRange(8, true))).toBe(false);
    expect(isWithin(UNBOUNDED, range(0, 1))).toBe(false);
  });
});
