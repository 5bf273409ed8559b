import { BareStructure, layoutOf, valueOf } from './bare-structure.ts';
import { ConversionError } from './errors.ts';
import type { FieldLayout, Layout } from './layout.ts';

/**
 * The value itself, where an expression uses a field that an `if` or a switch may leave out; `name` is what the
 * spec calls it.
 *
 * @throws ConversionError where it is left out.
 */
export function present<T>(value: T | undefined, name?: string): T {
  if (value === undefined)
    throw new ConversionError(
      `an expression uses ${name === undefined ? 'a field' : `\`${name}\``}, which is absent here`,
    );
  return value;
}

/** The value as `convert` makes it, or nothing where there is none. */
export function ifPresent<T, R>(value: T | undefined, convert: (value: T) => R): R | undefined {
  return value === undefined ? undefined : convert(value);
}

/**
 * `x.as<type>`: the value as what the spec says it is. For `x.as<type>.member` any structure will do that has the same
 * `member`, as it does in Kaitai's languages without types.
 *
 * @throws ConversionError where a structure is of another class.
 */
export function castTo<T>(value: unknown, type?: abstract new (...args: never[]) => T, member?: string): T {
  if (type !== undefined && !(value instanceof type) && !hasAlike(value, type, member))
    throw new ConversionError(`an expression takes a value for a ${type.name} that it is not`);
  return value as T;
}

/** Is the value a structure with a member that is there, and is read as that of the class is? */
function hasAlike(value: unknown, type: object, member: string | undefined): boolean {
  if (member === undefined || !(value instanceof BareStructure)) return false;
  const { layout } = type as { readonly layout?: Layout };
  const [own, wanted] = [memberOf(layoutOf(value), member), layout && memberOf(layout, member)];
  if (own === undefined || wanted === undefined || own.type !== wanted.type) return false;
  const [classes, others] = [own.of?.() ?? [], wanted.of?.() ?? []];
  const isOneThing = own.type !== 'value' && own.type !== 'switch' && own.property === wanted.property;
  const isSame = isOneThing && classes.every((one, index) => one === others[index]);
  return isSame && valueOf(value, member) !== undefined;
}

function memberOf({ fields, instances = {} }: Layout, id: string): FieldLayout | undefined {
  return fields[id] ?? instances[id];
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
