import * as arithmetic from './arithmetic.ts';
import type { IntegerCode } from './arithmetic.ts';
import { SpecError } from './diagnostics.ts';
import type { Code, Scope } from './scope.ts';
import * as types from './types.ts';
import type { ValueType } from './types.ts';

/** The value where `undefined` must not be: a field that is absent is then an error at run time, but for that of an `if`. */
export function present(value: Code, scope: Scope): Code {
  if (!value.optional) return value;
  const { type, isOpen = false } = value;
  if (scope.needed !== undefined && /^this(?:\.\w+)*\.[a-z]\w*$/.test(value.text)) {
    scope.needed.push(value.text);
    return { ...value, optional: false };
  }
  const name = value.said === undefined ? '' : `, ${JSON.stringify(value.said)}`;
  return { text: `${scope.names.runtime('present')}(${value.text}${name})`, type, optional: false, isOpen };
}

/** Is the value of `given` accepted where `wanted` is declared? */
export function isAssignable(given: ValueType, wanted: ValueType): boolean {
  if (wanted.kind === 'any' || given.kind === 'any') return true;
  if (wanted.kind === 'struct') return types.isStructure(given);
  if (wanted.kind === 'array' && given.kind === 'array') return isAssignable(given.of, wanted.of);
  if (wanted.kind === 'array' && given.kind === 'bytes') return wanted.of.kind === 'integer';
  if (wanted.kind === 'integer' && given.kind === 'enum') return false;
  if (given.kind === 'struct') return types.isStructure(wanted);
  if (given.kind === 'union') return given.members.every((member) => isAssignable(member, wanted));
  return types.sameType(given, wanted);
}

/** The code of a value as the declared type holds it: `number` or `bigint` as the case may be. */
export function converted(value: Code, wanted: ValueType, scope: Scope): Code {
  const given = value.type;
  if (
    given.kind === 'integer' &&
    wanted.kind === 'integer' &&
    wanted.held !== 'mixed' &&
    given.held !== wanted.held
  ) {
    const solid = present(value, scope);
    return {
      ...solid,
      text: arithmetic.heldAs(asInteger(solid, scope), wanted.held, scope.names),
      type: wanted,
    };
  }
  if (given.kind === 'integer' && wanted.kind === 'float' && given.held !== 'number') {
    return {
      ...value,
      text: `${scope.names.global('Number')}(${present(value, scope).text})`,
      type: types.FLOAT,
    };
  }
  return value;
}

/** Throws SpecError at the scope's place. */
export function fail(scope: Scope, message: string): never {
  throw new SpecError(scope.place, message);
}

/** Code of a value that is always there. */
export function code(text: string, type: ValueType): Code {
  return { text, type, optional: false };
}

/** The mark of a constant, where it is one. */
export function literalIf(isLiteral: boolean | undefined): { readonly isLiteral?: true } {
  return isLiteral === true ? { isLiteral } : {};
}

/** Code of a constant. */
export function literal(text: string, type: ValueType): Code {
  return { text, type, optional: false, isLiteral: true };
}

/** The code of what must be an integer. Throws SpecError. */
export function asInteger(value: Code, scope: Scope): IntegerCode {
  const { type } = value;
  if (type.kind === 'integer') return { ...value, type };
  return fail(scope, `invalid type: expected integer, got ${types.describe(type)}`);
}

/** The opposite of a condition. */
export function negated(condition: string): string {
  const [, inner] = /^!\(([^()]*)\)$/.exec(condition) ?? [];
  if (inner !== undefined) return inner;
  const [, call] = /^!([\w.]+\([^()]*\))$/.exec(condition) ?? [];
  if (call !== undefined) return call;
  const [, left, operator, right] = /^\(([\w.+*/% ()-]+) ([!=])== ([\w.]+)\)$/.exec(condition) ?? [];
  return operator === undefined ? `!(${condition})` : `${left} ${operator === '!' ? '=' : '!'}== ${right}`;
}

/** A size in bits as a literal in bytes. */
export function sizeLiteral(bits: number | undefined, of: string, scope: Scope): Code {
  if (bits === undefined) fail(scope, `unable to derive sizeof of \`${of}\`: dynamic sized type`);
  return arithmetic.integerLiteral(BigInt(Math.ceil(bits / 8)));
}

/** A size, position, count or index as a `number`; what is none below 2^53 is an error at run time. */
export function countText(value: Code, scope: Scope): string {
  const count = asInteger(present(value, scope), scope);
  return count.type.held === 'number' ? count.text : `${scope.names.runtime('toSafeInteger')}(${count.text})`;
}
