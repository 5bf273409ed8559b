import * as arithmetic from './arithmetic.ts';
import { present } from './code.ts';
import type { Code, Scope } from './scope.ts';
import * as types from './types.ts';
import type { ValueType } from './types.ts';

/** The type of a plain value in TypeScript. */
export function plainTypeText(type: ValueType): string {
  const texts: Readonly<Record<string, string>> = {
    string: 'string',
    bytes: 'Uint8Array',
    boolean: 'boolean',
    float: 'number',
  };
  return texts[type.kind] ?? 'unknown';
}

/** A cast never changes a value, but a cast to 64 bits says how it is held. */
export function castInteger(value: Code, wanted: types.IntegerType, scope: Scope): Code {
  const { type } = value;
  if (type.kind !== 'integer') {
    if (type.kind === 'float' || type.kind === 'enum')
      return { ...value, type: type.kind === 'enum' ? type.of : type };
    const held = { ...wanted, held: 'mixed' as const };
    return { ...value, text: `${scope.names.runtime('castToInteger')}(${value.text})`, type: held };
  }
  if (wanted.held === 'number' || type.held === 'bigint') return value;
  const solid = present(value, scope);
  return {
    ...solid,
    text: arithmetic.toBig({ ...solid, type }, scope.names),
    type: { ...type, held: 'bigint' },
  };
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
  return { ...value, text: `${helper}(${value.text}, ${name})`, type: wanted };
}
