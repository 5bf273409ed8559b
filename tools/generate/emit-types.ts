import type { Scope } from './scope.ts';
import type { ValueType } from './types.ts';

/** A type of the Kaitai language as TypeScript writes it. */
export function typeText(type: ValueType, scope: Scope): string {
  const { names } = scope;
  switch (type.kind) {
    case 'integer':
      return type.held === 'mixed' ? 'number | bigint' : type.held;
    case 'float':
      return 'number';
    case 'bytes':
      return names.global('Uint8Array');
    case 'io':
      return names.runtime('type ByteReader');
    case 'struct':
      return names.runtime('type BareStructure');
    case 'any':
      return 'unknown';
    case 'enum':
      return enumText(type, scope);
    case 'user':
      return names.classType(type.type);
    case 'opaque':
      return names.opaqueClass(type.name);
    case 'array':
      return arrayText(type, scope);
    case 'union':
      return [...new Set(type.members.flatMap((member) => textsOf(member, scope)))].join(' | ');
    default:
      return type.kind;
  }
}

/** The alternatives of a member of a union: an integer and a float may both be a `number`. */
function textsOf(type: ValueType, scope: Scope): readonly string[] {
  const isMixed = type.kind === 'integer' && type.held === 'mixed';
  return isMixed ? ['number', 'bigint'] : [typeText(type, scope)];
}

/** As {@link typeText}, with `| undefined` where the value may be absent. */
export function optionalTypeText(type: ValueType, optional: boolean, scope: Scope): string {
  const text = typeText(type, scope);
  return optional && text !== 'unknown' ? `${text} | undefined` : text;
}

function enumText({ spec, of }: Extract<ValueType, { kind: 'enum' }>, { names, facts }: Scope): string {
  const held = of.held === 'mixed' ? 'number | bigint' : of.held;
  const isSameHeld = held === (facts.isBigEnum(spec) ? 'bigint' : 'number');
  if (spec.members.length === 0 || !isSameHeld) return held;
  return `${names.runtime('type OpenEnum')}<${names.enum(spec)}>`;
}

function arrayText({ of, table, like }: Extract<ValueType, { kind: 'array' }>, scope: Scope): string {
  if (table !== undefined) return scope.names.global(table);
  const element = typeText(of, scope);
  if (like) return `${scope.names.global('ArrayLike')}<${element}>`;
  return / [|&] /.test(element) ? `(${element})[]` : `${element}[]`;
}
