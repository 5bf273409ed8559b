import { ConversionError } from './errors.ts';

/**
 * The value itself, where an expression uses a field that an `if` or a switch may leave out.
 *
 * @throws ConversionError where it is left out.
 */
export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new ConversionError('an expression uses a field that is absent here');
  return value;
}

/** The value as `convert` makes it, or nothing where there is none. */
export function ifPresent<T, R>(value: T | undefined, convert: (value: T) => R): R | undefined {
  return value === undefined ? undefined : convert(value);
}

/**
 * `x.as<type>`: the value as what the spec says it is.
 *
 * @throws ConversionError where a structure is of another class.
 */
export function castTo<T>(value: unknown, type?: abstract new (...args: never[]) => T): T {
  if (type !== undefined && !(value instanceof type))
    throw new ConversionError(`an expression takes a value for a ${type.name} that it is not`);
  return value as T;
}

/** As `castTo`, where the value may be absent. */
export function castOptional<T>(value: unknown, type: abstract new (...args: never[]) => T): T | undefined {
  return value === undefined ? undefined : castTo(value, type);
}

/**
 * `x.as<u4>` of a value that may be an integer among other things.
 *
 * @throws ConversionError where it is none.
 */
export function castToInteger(value: unknown): number | bigint {
  if (typeof value === 'bigint' || Number.isInteger(value)) return value as number | bigint;
  throw new ConversionError('an expression takes a value for an integer that it is not');
}
