import type { Place } from './diagnostics.ts';
import type { Expression } from './expression.ts';
import type { EnumSpec, TypeSpec } from './model.ts';
import type { ValueType } from './types.ts';

/** A piece of TypeScript and what its value is. */
export interface Code {
  readonly text: string;
  readonly type: ValueType;
  /** The value may be `undefined`: a field that an `if` leaves out, a switch without a matching case. */
  readonly optional: boolean;
  /** What the spec calls it, where it is a member of a structure. */
  readonly said?: string;
  /** TypeScript knows the very value, and would call comparing it with another one a mistake. */
  readonly isLiteral?: boolean;
  /** A 64-bit integer that is held as a number, and not exact where that is large. */
  readonly isRounded?: true;
  /** Bytes that lie in the view `view`, from there on. */
  readonly within?: { readonly start: string; readonly size: number };
  /** The bytes whose greatest one it is. */
  readonly greatestOf?: Code;
  /** What was cast to the structure. */
  readonly castFrom?: Code;
  /** A structure that may still be being read. */
  readonly isOpen?: boolean;
  /** What TypeScript takes for a constant where this condition holds, and where it does not. */
  readonly pins?: Pins;
}

/** Texts of operands that a condition pins down to one value. */
export interface Pins {
  readonly whenTrue: readonly string[];
  readonly whenFalse: readonly string[];
}

/** A param, field or instance of a type, as expressions see it. */
export interface Member {
  readonly property: string;
  readonly type: ValueType;
  readonly optional: boolean;
}

/** What there is of a member of a structure that may still be being read. */
export interface MemberState {
  /** Its value may not be there yet. */
  readonly isUnread: boolean;
  /** It may be a structure that is still being read itself. */
  readonly isOpen: boolean;
}

/** What expressions need to know of the types of a program. */
export interface Facts {
  /** The member of that id, or undefined. Throws SpecError where its own type is wrong. */
  memberOf(type: TypeSpec, id: string): Member | undefined;
  memberNames(type: TypeSpec): readonly string[];
  /** What a `holder` that may still be being read has of a member when code of type `asker` runs inside of it. */
  stateOf(holder: TypeSpec, id: string, asker: TypeSpec): MemberState;
  /** The type of `_parent` inside `type`. */
  parentType(type: TypeSpec): ValueType;
  /** May `_parent` be absent? */
  isParentOptional(type: TypeSpec): boolean;
  /** May `_root` be absent? */
  isRootOptional(type: TypeSpec): boolean;
  /** The type of `_root` inside `type`. */
  rootType(type: TypeSpec): ValueType;
  /** Size in bits of a type, a member or a type by name; undefined where it depends on the bytes. */
  typeBits(type: TypeSpec): number | undefined;
  memberBits(type: TypeSpec, id: string): number | undefined;
  namedBits(path: readonly string[], from: TypeSpec, place: Place): number | undefined;
  /** Are the members of the enum held as `bigint`? */
  isBigEnum(spec: EnumSpec): boolean;
}

/** Names that the module being written can use; asking for one imports it. */
export interface Names {
  /** Something of the runtime. */
  runtime(name: string): string;
  /** A class, for use as a value. */
  class(type: TypeSpec): string;
  /** A class, for use as a type only. */
  classType(type: TypeSpec): string;
  /** A class that the author of the spec supplies: a structure, or what undoes a `process`. */
  opaqueClass(id: string, isProcess?: boolean): string;
  /** The const object of an enum. */
  enum(spec: EnumSpec): string;
  /** A name for something that only the module itself sees. */
  local(wanted: string): string;
  /** A global of JavaScript, also where the spec has a type of that name. */
  global(name: string): string;
}

/** Where an expression stands. */
export interface Scope {
  readonly facts: Facts;
  readonly names: Names;
  readonly owner: TypeSpec;
  readonly place: Place;
  /** The structure that plain names belong to; `this` as a rule. */
  readonly self: string;
  /** `_`: the element that was just read, or the value that is checked. */
  readonly item?: Code;
  /** What `_io.pos` is where the structure is written and not read. */
  readonly position?: string;
  /** What `_io.size` is where the structure is written and not read. */
  readonly length?: string;
  /** What `_io.eof` is where the structure is written and not read. */
  readonly end?: string;
  /** The variable that holds the size of the field, where there is one. */
  readonly size?: string;
  /** `_index`: the variable that counts elements. */
  readonly index?: string;
  /** Operands that a condition around the expression pins down: TypeScript thinks that it knows their value. */
  readonly pinned?: readonly string[];
  /** Is it an `if`? There a comparison with an absent value does not hold; elsewhere it is an error. */
  readonly isLenient?: boolean;
  /** Operands that must be there for a comparison to hold are noted here instead of being checked. */
  readonly needed?: string[];
  /** Ids of fields that are read later than the expression is computed. */
  readonly unread?: ReadonlySet<string>;
  /** Fields that have a variable of their own, and what else is known of them. */
  readonly locals?: ReadonlyMap<string, Code>;
}

/** Names that do nothing: for finding out types without writing a module. */
export const NO_NAMES: Names = {
  runtime: (name) => name,
  class: (type) => type.name,
  classType: (type) => type.name,
  opaqueClass: (id) => id,
  enum: (spec) => spec.name,
  local: (wanted) => wanted,
  global: (name) => name,
};

/** Does the expression mention the name anywhere outside of `x.name`? */
export function mentions(expression: Expression, name: string): boolean {
  if (expression.kind === 'name') return expression.name === name;
  return childrenOf(expression).some((child) => mentions(child, name));
}

/** Is it `_io.pos`, the position in the structure's own stream? */
export function isPosition(expression: Expression): boolean {
  return isOfOwnStream(expression, 'pos');
}

/** Is it `_io.size`, the length of the structure's own stream? */
export function isStreamSize(expression: Expression): boolean {
  return isOfOwnStream(expression, 'size');
}

/** Is it `_io.eof`, whether the structure's own stream is at its end? */
export function isStreamEnd(expression: Expression): boolean {
  return isOfOwnStream(expression, 'eof');
}

function isOfOwnStream(expression: Expression, name: string): boolean {
  if (expression.kind !== 'member' || expression.name !== name) return false;
  return expression.of.kind === 'name' && expression.of.name === '_io';
}

/** An expression with its direct parts replaced. */
export function withChildren(expression: Expression, change: (part: Expression) => Expression): Expression {
  switch (expression.kind) {
    case 'interpolated':
      return { ...expression, parts: expression.parts.map(change) };
    case 'list':
      return { ...expression, items: expression.items.map(change) };
    case 'unary':
      return { ...expression, operand: change(expression.operand) };
    case 'arithmetic':
    case 'comparison':
    case 'logic':
      return { ...expression, left: change(expression.left), right: change(expression.right) };
    case 'choice': {
      const { condition, yes, no } = expression;
      return { ...expression, condition: change(condition), yes: change(yes), no: change(no) };
    }
    case 'member':
    case 'cast':
      return { ...expression, of: change(expression.of) };
    case 'call':
      return { ...expression, callee: change(expression.callee), args: expression.args.map(change) };
    case 'index':
      return { ...expression, of: change(expression.of), index: change(expression.index) };
    default:
      return expression;
  }
}

/** The direct parts of an expression. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'interpolated':
      return expression.parts;
    case 'list':
      return expression.items;
    case 'unary':
      return [expression.operand];
    case 'arithmetic':
    case 'comparison':
    case 'logic':
      return [expression.left, expression.right];
    case 'choice':
      return [expression.condition, expression.yes, expression.no];
    case 'member':
    case 'cast':
      return [expression.of];
    case 'call':
      return [expression.callee, ...expression.args];
    case 'index':
      return [expression.of, expression.index];
    default:
      return [];
  }
}
