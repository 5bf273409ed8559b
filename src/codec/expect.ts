import { layoutOf, valueOf, type BareStructure } from './bare-structure.ts';
import { byteArrayCompare, bytesEqual } from './bytes.ts';
import { siteOf } from './places.ts';
import {
  ValidationExprError,
  ValidationGreaterThanError,
  ValidationLessThanError,
  ValidationNotAnyOfError,
  ValidationNotEqualError,
  ValidationNotInEnumError,
} from './validation.ts';

// What `valid` and `contents` come to in generated code. A value that fails is thrown, or told to the sink. What
// compares with one constant is compared in the generated code itself, and only the failure is handed over. There
// `value` is that of an element, of which `index` is the number, or of an instance; fields are asked for theirs.

/** Reports a value that is not the given one. */
export function reportNotEqual(
  structure: BareStructure,
  field: string,
  wanted: unknown,
  value?: unknown,
  index?: number,
): void {
  const actual = actualOf(structure, field, value, index);
  const site = siteOf(structure, field, index);
  structure._io.report(new ValidationNotEqualError(heldAs(actual, wanted), actual, site));
}

/** Reports a value below `least`. */
export function reportLessThan(
  structure: BareStructure,
  field: string,
  least: unknown,
  value?: unknown,
  index?: number,
): void {
  const actual = actualOf(structure, field, value, index);
  const site = siteOf(structure, field, index);
  structure._io.report(new ValidationLessThanError(heldAs(actual, least), actual, site));
}

/** Reports a value above `most`. */
export function reportGreaterThan(
  structure: BareStructure,
  field: string,
  most: unknown,
  value?: unknown,
  index?: number,
): void {
  const actual = actualOf(structure, field, value, index);
  const site = siteOf(structure, field, index);
  structure._io.report(new ValidationGreaterThanError(heldAs(actual, most), actual, site));
}

/** Reports a value for which the expression of the spec, whose text is given, is false. */
export function reportExpr(
  structure: BareStructure,
  field: string,
  text: string,
  value?: unknown,
  index?: number,
): void {
  const actual = actualOf(structure, field, value, index);
  structure._io.report(new ValidationExprError(text, actual, siteOf(structure, field, index)));
}

/** The bytes must be the given ones. */
export function expectContents(
  structure: BareStructure,
  field: string,
  value: Uint8Array,
  wanted: readonly number[],
  index?: number,
): void {
  if (!bytesEqual(value, wanted)) reportNotEqual(structure, field, Uint8Array.from(wanted), value, index);
}

/** The value must be one of a list. */
export function expectAnyOf(
  structure: BareStructure,
  field: string,
  value: unknown,
  allowed: readonly unknown[],
  index?: number,
): void {
  if (!allowed.includes(value)) compareWithEach(structure, field, value, allowed, index);
}

function compareWithEach(
  structure: BareStructure,
  field: string,
  value: unknown,
  allowed: readonly unknown[],
  index?: number,
): void {
  if (allowed.some((one) => isSame(value, one))) return;
  const actual = actualOf(structure, field, value, index);
  const demands = allowed.map((one) => heldAs(actual, one));
  structure._io.report(new ValidationNotAnyOfError(demands, actual, siteOf(structure, field, index)));
}

/** The value must be a member of the enum. */
export function expectInEnum(
  structure: BareStructure,
  field: string,
  value: number | bigint,
  members: Readonly<Record<string, number | bigint>>,
  name: string,
  index?: number,
): void {
  for (const label in members) if (members[label] == value) return;
  structure._io.report(new ValidationNotInEnumError(name, value, siteOf(structure, field, index)));
}

/**
 * The value that failed: that of a field as it is, since a record may have been checked without taking it out of
 * its bytes.
 */
function actualOf(
  structure: BareStructure,
  field: string,
  value: unknown,
  index: number | undefined,
): unknown {
  return index === undefined && field in layoutOf(structure).fields ? valueOf(structure, field) : value;
}

/** A demand of an integer, as a number or `bigint` like the value. */
function heldAs(actual: unknown, demand: unknown): unknown {
  return typeof actual === 'bigint' && typeof demand === 'number' ? BigInt(demand) : demand;
}

function isSame(a: unknown, b: unknown): boolean {
  return a instanceof Uint8Array && b instanceof Uint8Array ? byteArrayCompare(a, b) === 0 : a == b;
}

/** A value of an enum, or one that the enum does not know. */
export type OpenEnum<T extends number | bigint> = T | (T extends number ? number & {} : bigint & {});
