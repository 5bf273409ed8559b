import { byteArrayCompare, bytesEqual } from './bytes.ts';
import type { BareStructure } from './bare-structure.ts';
import { siteOf } from './places.ts';
import {
  ValidationExprError,
  ValidationGreaterThanError,
  ValidationLessThanError,
  ValidationNotAnyOfError,
  ValidationNotEqualError,
  ValidationNotInEnumError,
} from './validation.ts';

// What `valid` and `contents` come to in generated code. A value that fails is thrown, or told to the sink.

/** The value must be the given one. `index` is the element of a list. */
export function expectEqual<T>(
  structure: BareStructure,
  field: string,
  value: T,
  wanted: T,
  index?: number,
): void {
  if (value !== wanted && order(value, wanted) !== 0) {
    structure._io.report(new ValidationNotEqualError(wanted, value, siteOf(structure, field, index)));
  }
}

/** The bytes must be the given ones. */
export function expectContents(
  structure: BareStructure,
  field: string,
  value: Uint8Array,
  wanted: readonly number[],
  index?: number,
): void {
  if (bytesEqual(value, wanted)) return;
  const bytes = Uint8Array.from(wanted);
  structure._io.report(new ValidationNotEqualError(bytes, value, siteOf(structure, field, index)));
}

/** The value must not be below `least`. */
export function expectMin<T>(
  structure: BareStructure,
  field: string,
  value: T,
  least: T,
  index?: number,
): void {
  if (!(order(value, least) >= 0))
    structure._io.report(new ValidationLessThanError(least, value, siteOf(structure, field, index)));
}

/** The value must not be above `most`. */
export function expectMax<T>(
  structure: BareStructure,
  field: string,
  value: T,
  most: T,
  index?: number,
): void {
  if (!(order(value, most) <= 0))
    structure._io.report(new ValidationGreaterThanError(most, value, siteOf(structure, field, index)));
}

/** The value must be one of a list. */
export function expectAnyOf<T>(
  structure: BareStructure,
  field: string,
  value: T,
  allowed: readonly T[],
  index?: number,
): void {
  if (allowed.includes(value) || allowed.some((one) => order(value, one) === 0)) return;
  structure._io.report(new ValidationNotAnyOfError(allowed, value, siteOf(structure, field, index)));
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

/** The expression of the spec, whose text is given, must hold. */
export function expectThat(
  structure: BareStructure,
  field: string,
  value: unknown,
  holds: boolean,
  text: string,
  index?: number,
): void {
  if (!holds) structure._io.report(new ValidationExprError(text, value, siteOf(structure, field, index)));
}

/** Order of two values of one kind; NaN where there is none. */
function order(a: unknown, b: unknown): number {
  if (isOrdered(a) && isOrdered(b)) {
    if (a < b) return -1;
    return a > b ? 1 : a == b ? 0 : NaN;
  }
  if (a instanceof Uint8Array && b instanceof Uint8Array) return byteArrayCompare(a, b);
  return a === b ? 0 : NaN;
}

function isOrdered(value: unknown): value is number | bigint | string {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string';
}

/** A value of an enum, or one that the enum does not know. */
export type OpenEnum<T extends number | bigint> = T | (T extends number ? number & {} : bigint & {});
