import * as arithmetic from './arithmetic.ts';
import { present } from './code.ts';
import { enumInteger } from './methods.ts';
import { intersection } from './range.ts';
import type { Code, Scope } from './scope.ts';
import * as types from './types.ts';
import type { ValueType } from './types.ts';

/**
 * An integer is held as the type of the cast is, and keeps its value: what a `number` does not hold is an error at run time. A float loses
 * its fraction.
 */
export function castInteger(value: Code, wanted: types.IntegerType, scope: Scope): Code {
  const integer = integerOf(value, scope);
  const { type } = integer;
  const held = wanted.held === 'bigint' ? 'bigint' : 'number';
  if (type.held === held) return integer;
  const solid = { ...present(integer, scope), type };
  const range = held === 'number' ? intersection(type.range, types.PARSED.range) : type.range;
  return { ...solid, text: arithmetic.heldAs(solid, held, scope.names), type: { ...type, range, held } };
}

function integerOf(value: Code, scope: Scope): arithmetic.IntegerCode {
  const { type } = value;
  if (type.kind === 'integer') return { ...value, type };
  if (type.kind === 'enum') return enumInteger(value, type.of, scope);
  const helper = scope.names.runtime(type.kind === 'float' ? 'floatToInteger' : 'castToInteger');
  const result = type.kind === 'float' ? types.PARSED : types.UNKNOWN_INTEGER;
  return { text: `${helper}(${present(value, scope).text})`, type: result, optional: false };
}

/** The type of a cast whose operand is not known, because its type depends on the cast's. */
export function typeOfCast(wanted: ValueType): ValueType {
  if (wanted.kind !== 'integer') return wanted;
  return wanted.held === 'number' ? types.PARSED : { ...types.UNKNOWN_INTEGER, held: 'bigint' };
}

/** A cast to a class is checked when the code runs. */
export function castStructure(
  value: Code,
  wanted: Extract<ValueType, { kind: 'user' | 'opaque' }>,
  scope: Scope,
): Code {
  if (types.sameType(value.type, wanted)) return { ...value, type: wanted };
  const name = wanted.kind === 'user' ? scope.names.class(wanted.type) : scope.names.opaqueClass(wanted.name);
  const helper = scope.names.runtime(value.optional ? 'castOptional' : 'castTo');
  const result = { ...value, text: `${helper}(${value.text}, ${name})`, type: wanted };
  return value.optional ? result : { ...result, castFrom: value };
}
