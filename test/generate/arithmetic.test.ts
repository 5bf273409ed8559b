import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as runtime from '../../src/codec/index.ts';
import {
  parseExpression,
  type ArithmeticOperator,
  type ComparisonOperator,
  type Expression,
} from '../../tools/generate/expression.ts';
import type { TypeSpec } from '../../tools/generate/model.ts';
import { isSafe, range, type Range } from '../../tools/generate/range.ts';
import { NO_NAMES, type Code, type Facts, type Scope } from '../../tools/generate/scope.ts';
import { translate } from '../../tools/generate/translate.ts';
import { declared } from '../../tools/generate/types.ts';

/** The fields that expressions use: their types, and the widths that bound their values. */
const FIELDS = {
  u1: declared(8, false),
  s1: declared(8, true),
  u2: declared(16, false),
  s2: declared(16, true),
  u4: declared(32, false),
  s4: declared(32, true),
  u8: declared(64, false),
  s8: declared(64, true),
  b4: declared(4, false),
  b32: declared(32, false),
  b33: declared(33, false),
  b53: declared(53, false),
  b54: declared(54, false),
};
type FieldName = keyof typeof FIELDS;
type Values = Readonly<Record<FieldName, bigint>>;

const fieldNames = Object.keys(FIELDS) as FieldName[];

const facts = {
  memberOf: (_: TypeSpec, id: string) => ({ property: id, type: FIELDS[id as FieldName], optional: false }),
  memberNames: () => fieldNames,
} as Partial<Facts> as Facts;

const scope: Scope = {
  facts,
  names: NO_NAMES,
  owner: { name: 'test' } as TypeSpec,
  place: { file: 'test.ksy', path: [], line: 1, column: 1 },
  self: 'self',
};

/** Values of a field: anything, and often its ends and the bits next to a power of two. */
function valueOf({ lo, hi }: Range): fc.Arbitrary<bigint> {
  const [min, max] = [lo ?? 0n, hi ?? 0n];
  const edges = [min, max, 0n, 1n, -1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n].filter(
    (edge) => edge >= min && edge <= max,
  );
  return fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(...edges));
}

const values = fc.record(
  Object.fromEntries(fieldNames.map((name) => [name, valueOf(FIELDS[name].range)])),
) as fc.Arbitrary<Values>;

const operators: readonly ArithmeticOperator[] = ['+', '-', '*', '/', '%', '&', '|', '^'];
const comparisons: readonly ComparisonOperator[] = ['==', '!=', '<', '<=', '>', '>='];
const constants = [
  0n,
  1n,
  7n,
  8n,
  511n,
  512n,
  0x7fffffffn,
  0xffffffffn,
  2n ** 32n,
  2n ** 53n - 1n,
  2n ** 63n,
];

const { tree } = fc.letrec<{ tree: Expression; leaf: Expression }>((tie) => ({
  leaf: fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom(...fieldNames).map((name): Expression => ({ kind: 'name', name })),
    },
    fc.constantFrom(...constants).map((value): Expression => ({ kind: 'integer', value, radix: 10 })),
  ),
  tree: fc.oneof(
    { maxDepth: 5 },
    tie('leaf'),
    fc
      .tuple(fc.constantFrom(...operators), tie('tree'), tie('tree'))
      .map(([operator, left, right]): Expression => ({ kind: 'arithmetic', operator, left, right })),
    fc
      .tuple(fc.constantFrom<ArithmeticOperator>('<<', '>>'), tie('tree'), fc.bigInt(0n, 40n))
      .map(([operator, left, value]): Expression => ({
        kind: 'arithmetic',
        operator,
        left,
        right: { kind: 'integer', value, radix: 10 },
      })),
    fc
      .tuple(
        fc.constantFrom<ArithmeticOperator>('<<', '>>'),
        tie('tree'),
        fc.constantFrom<FieldName>('b4', 'u1'),
      )
      .map(([operator, left, name]): Expression => ({
        kind: 'arithmetic',
        operator,
        left,
        right: { kind: 'name', name },
      })),
    fc
      .tuple(fc.constantFrom('-' as const, '~' as const), tie('tree'))
      .map(([operator, operand]): Expression => ({ kind: 'unary', operator, operand })),
    fc
      .tuple(fc.constantFrom(...comparisons), tie('tree'), tie('tree'), tie('tree'), tie('tree'))
      .map(([operator, left, right, yes, no]): Expression => ({
        kind: 'choice',
        condition: { kind: 'comparison', operator, left, right },
        yes,
        no,
      })),
  ),
}));

/** The value by the book: integers without end, quotients and remainders rounded down. */
function reference(expression: Expression, fields: Values): bigint {
  const of = (inner: Expression): bigint => reference(inner, fields);
  switch (expression.kind) {
    case 'integer':
      return expression.value;
    case 'name':
      return fields[expression.name as FieldName];
    case 'unary':
      return expression.operator === '-' ? -of(expression.operand) : ~of(expression.operand);
    case 'arithmetic':
      return calculate(expression.operator, of(expression.left), of(expression.right));
    case 'choice':
      return holds(expression.condition, fields) ? of(expression.yes) : of(expression.no);
    default:
      throw new Error(`no ${expression.kind} here`);
  }
}

function calculate(operator: ArithmeticOperator, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return (a - remainder(a, b)) / b;
    case '%':
      return remainder(a, b);
    case '<<':
      return a * 2n ** b;
    case '>>':
      return (a - remainder(a, 2n ** b)) / 2n ** b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
  }
}

function remainder(a: bigint, b: bigint): bigint {
  return ((a % b) + b) % b;
}

function holds(condition: Expression, fields: Values): boolean {
  if (condition.kind !== 'comparison') throw new Error('a comparison was built');
  const [left, right] = [reference(condition.left, fields), reference(condition.right, fields)];
  switch (condition.operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

/** Runs translated code with the runtime's functions and the fields in scope, held as generated classes hold them. */
function run(text: string, fields: Values): unknown {
  const held = fieldNames.map((name) => [
    name,
    FIELDS[name].held === 'number' ? Number(fields[name]) : fields[name],
  ]);
  // Constants are widened for TypeScript where they are compared; JavaScript knows no `as`.
  const script = text.replaceAll(/ as (?:number|bigint|boolean)\)/g, ')');
  const evaluate = new Function('self', ...Object.keys(runtime), `return ${script};`);
  return evaluate(Object.fromEntries(held), ...Object.values(runtime)) as unknown;
}

/** What an expression gives, or the name of the error that it ends in. */
function attempt<T>(action: () => T): T | string {
  try {
    return action();
  } catch (error) {
    if (error instanceof RangeError) return 'DivisionByZeroError';
    return error instanceof Error ? error.name : String(error);
  }
}

describe('translated arithmetic', () => {
  it('gives what integers without end give, in numbers wherever the interval fits', () => {
    fc.assert(
      fc.property(tree, values, (expression, fields) => {
        const code = attempt(() => translate(expression, scope));
        if (typeof code !== 'string') checkCode(code, expression, fields);
      }),
      { seed: 7, numRuns: 20_000 },
    );
  }, 60_000);

  const cases: [text: string, held: 'number' | 'bigint'][] = [
    ['u4 * 512', 'number'],
    ['u8 * 512', 'bigint'],
    ['u8 & 0xffff', 'number'],
    ['u8 % 8', 'number'],
    ['u4 * u4', 'bigint'],
    ['u8 >> 11', 'number'],
    ['u8 >> 10', 'bigint'],
    ['1 << b4', 'number'],
    ['1 << u1', 'bigint'],
  ];
  it.each(cases)('%s is a %s', (text, held) => {
    const { type } = translate(parseExpression(text), scope);
    expect(type).toMatchObject({ kind: 'integer', held });
  });
});

/** Holds translated code against the reference: value, representation and interval. */
function checkCode({ text, type }: Code, expression: Expression, fields: Values): void {
  if (type.kind !== 'integer') throw new Error('an integer was expected');
  if (type.held === 'bigint' && !isPassedOn(expression))
    expect(isSafe(type.range), `${text} needs no bigint`).toBe(false);
  const expected = attempt(() => reference(expression, fields));
  const actual = attempt(() => run(text, fields));
  if (typeof expected === 'string' || typeof actual === 'string') {
    expect([expected, 'ConversionError'], text).toContain(actual);
    return;
  }
  expect(actual, text).toBe(type.held === 'number' ? Number(expected) : expected);
  const { lo, hi } = type.range;
  expect((lo === null || lo <= expected) && (hi === null || expected <= hi), `interval of ${text}`).toBe(
    true,
  );
}

/** Is it a field as such, or one of several? Then it is held as it is declared, whatever its interval. */
function isPassedOn(expression: Expression): boolean {
  if (expression.kind === 'choice') return isPassedOn(expression.yes) && isPassedOn(expression.no);
  return expression.kind === 'name';
}

describe('intervals', () => {
  it('count as safe up to 2^53 - 1 and no further', () => {
    expect(isSafe(range(-(2n ** 53n) + 1n, 2n ** 53n - 1n))).toBe(true);
    expect(isSafe(range(0, 2n ** 53n))).toBe(false);
  });
});
