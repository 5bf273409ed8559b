import type { Breach, BreachKind, FieldSite } from './breach.ts';
import { DecodeError } from './errors.ts';
import { formatValue } from './format-value.ts';

/** Base of the six ways in which a value can break its `contents` or `valid`. */
export abstract class ValidationError extends DecodeError {
  /** The value that was read. */
  readonly actual: unknown;
  /** The same fact as plain data, for those who collect instead of throwing. */
  readonly breach: Breach;

  constructor(code: string, kind: BreachKind, expected: string, actual: unknown, site: FieldSite) {
    const breach = breachAt(kind, expected, formatAt(actual, site), site);
    const { offset, field } = site;
    super(code, `expected ${expected}, found ${breach.actual}`, { offset, field });
    this.actual = actual;
    this.breach = breach;
  }
}

/** `contents`, or `valid` with one value: the bytes say something else. */
export class ValidationNotEqualError extends ValidationError {
  /** The one value that the spec allows. */
  readonly expected: unknown;

  constructor(expected: unknown, actual: unknown, site: FieldSite) {
    super('validation-not-equal', 'notEqual', formatAt(expected, site), actual, site);
    this.expected = expected;
  }
}

/** `valid/min`: the value is below it. */
export class ValidationLessThanError extends ValidationError {
  /** The smallest value that the spec allows. */
  readonly min: unknown;

  constructor(min: unknown, actual: unknown, site: FieldSite) {
    super('validation-less-than', 'lessThan', `at least ${formatAt(min, site)}`, actual, site);
    this.min = min;
  }
}

/** `valid/max`: the value is above it. */
export class ValidationGreaterThanError extends ValidationError {
  /** The largest value that the spec allows. */
  readonly max: unknown;

  constructor(max: unknown, actual: unknown, site: FieldSite) {
    super('validation-greater-than', 'greaterThan', `at most ${formatAt(max, site)}`, actual, site);
    this.max = max;
  }
}

/** `valid/any-of`: the value is none of them. */
export class ValidationNotAnyOfError extends ValidationError {
  /** All values that the spec allows. */
  readonly allowed: readonly unknown[];

  constructor(allowed: readonly unknown[], actual: unknown, site: FieldSite) {
    const list = allowed.map((value) => formatAt(value, site)).join(', ');
    super('validation-not-any-of', 'notAnyOf', `one of ${list}`, actual, site);
    this.allowed = allowed;
  }
}

/** `valid/in-enum`: the enum has no member of this value. */
export class ValidationNotInEnumError extends ValidationError {
  /** Name of the enum, as the spec writes it. */
  readonly enumName: string;

  constructor(enumName: string, actual: unknown, site: FieldSite) {
    super('validation-not-in-enum', 'notInEnum', `a member of ${enumName}`, actual, site);
    this.enumName = enumName;
  }
}

/** `valid/expr`: the expression is false for this value. */
export class ValidationExprError extends ValidationError {
  /** The expression, as the spec writes it, or what the spec says in words that it demands. */
  readonly expression: string;

  constructor(expression: string, actual: unknown, site: FieldSite) {
    super('validation-expr', 'expr', expression, actual, site);
    this.expression = expression;
  }
}

/** A breach of any kind at a field; `expected` and `actual` are text already. */
export function breachAt(kind: BreachKind, expected: string, actual: string, site: FieldSite): Breach {
  const { type, field, offset, size, bitOffset, rule = null } = site;
  const span = bitOffset === undefined ? { offset, size } : { offset, size, bitOffset };
  return { type, field, ...span, kind, expected, actual, rule };
}

function formatAt(value: unknown, site: FieldSite): string {
  return formatValue(value, site.hex, site.size);
}
