import { Alignment } from './alignment.ts';
import { CircularTypeError, SpecError, type Place } from './diagnostics.ts';
import type { Expression } from './expression.ts';
import {
  typePath,
  type Attribute,
  type EnumSpec,
  type Located,
  type Parameter,
  type SpecFile,
  type TypeSpec,
} from './model.ts';
import { propertyNames } from './naming.ts';
import { constantOf } from './range.ts';
import { attributesOf } from './read-spec.ts';
import {
  elementType,
  endianOf,
  hasCalculatedEndian,
  isTotal,
  requireEnum,
  requireType,
  structuresIn,
  valueTypeNamed,
  wireOf,
  type Wire,
} from './resolve.ts';
import {
  childrenOf,
  mentions,
  NO_NAMES,
  type Facts,
  type Member,
  type MemberState,
  type Scope,
} from './scope.ts';
import { Sizes } from './sizes.ts';
import { translate } from './translate.ts';
import { Unfinished } from './unfinished.ts';
import * as types from './types.ts';
import type { ValueType } from './types.ts';

/** Answers about the types of all specs of one run. Answers are found when asked for, and kept. */
export class Analysis implements Facts {
  readonly specs: readonly SpecFile[];
  readonly #wires = new Map<Attribute, Wire>();
  readonly #members = new Map<TypeSpec, Map<string, Member>>();
  readonly #resolving = new Set<Attribute>();
  readonly #parents = new Map<TypeSpec, Set<TypeSpec>>();
  readonly #orphans = new Set<TypeSpec>();
  readonly #bigEnums = new Set<EnumSpec>();
  /** Which fields begin with whole bytes. */
  readonly alignment = new Alignment(this);
  /** What a type takes if it is read. */
  readonly sizes = new Sizes(this, true);
  /** What `sizeof` says, which takes no notice of `if`. */
  readonly #declared = new Sizes(this, false);
  /** What is looked at before it is read to its end. */
  readonly unfinished = new Unfinished(this);

  constructor(specs: readonly SpecFile[]) {
    this.specs = specs;
    this.#findBigEnums();
    this.#findParents();
  }

  /** How one element of the attribute is read. Throws SpecError. */
  wireOf(attribute: Attribute, owner: TypeSpec): Wire {
    let wire = this.#wires.get(attribute);
    if (wire === undefined) this.#wires.set(attribute, (wire = wireOf(attribute, owner)));
    return wire;
  }

  /** The scope of an expression of the type. */
  scope(owner: TypeSpec, place: Place): Scope {
    return { facts: this, names: NO_NAMES, owner, place, self: 'this' };
  }

  memberNames(type: TypeSpec): readonly string[] {
    return [...type.params, ...attributesOf(type)].map(({ id }) => id);
  }

  memberOf(type: TypeSpec, id: string): Member | undefined {
    const known = this.#members.get(type) ?? new Map<string, Member>();
    this.#members.set(type, known);
    const found = known.get(id) ?? this.#findMember(type, id);
    if (found !== undefined) known.set(id, found);
    return found;
  }

  #findMember(type: TypeSpec, id: string): Member | undefined {
    const property = propertyNames(type).get(id) ?? id;
    const parameter = type.params.find((one) => one.id === id);
    if (parameter !== undefined)
      return { property, type: this.parameterType(parameter, type), optional: false };
    const attribute = attributesOf(type).find((one) => one.id === id);
    return attribute && { property, ...this.#attributeType(attribute, type) };
  }

  stateOf(holder: TypeSpec, id: string, asker: TypeSpec): MemberState {
    const attribute = attributesOf(holder).find((one) => one.id === id);
    if (attribute === undefined || attribute.value !== undefined) return { isUnread: false, isOpen: false };
    const isOpen = this.unfinished.isInside(asker, attribute, holder);
    if (attribute.kind !== 'field') return { isUnread: false, isOpen };
    const { type } = this.#attributeType(attribute, holder);
    const isNumber = ['integer', 'float', 'boolean', 'enum'].includes(type.kind);
    // Of what is no object a missing value is no more than that.
    const isUnread =
      // Its holder does not know of a structure that has another parent before it is complete.
      (isOpen && attribute.parent !== undefined) ||
      this.unfinished.isReadAfter(attribute, holder, asker) ||
      (!isNumber && this.unfinished.isReadAside(holder, asker));
    return { isUnread, isOpen };
  }

  /** The type of a parameter; bytes where none is named. Throws SpecError. */
  parameterType({ type, enumName, place }: Parameter, owner: TypeSpec): ValueType {
    const at = type?.place ?? place;
    const plain =
      type === undefined ? types.BYTES : valueTypeNamed(type.name.path, type.name.isArray, owner, at);
    return enumName === undefined ? plain : this.#enumType(plain, enumName, owner);
  }

  #attributeType(attribute: Attribute, owner: TypeSpec): Omit<Member, 'property'> {
    if (this.#resolving.has(attribute)) {
      throw new CircularTypeError(
        attribute.value?.place ?? attribute.whole,
        `the type of '${attribute.id}' depends on itself`,
      );
    }
    this.#resolving.add(attribute);
    try {
      return attribute.value === undefined
        ? this.#readType(attribute, owner)
        : this.#valueType(attribute, attribute.value, owner);
    } finally {
      this.#resolving.delete(attribute);
    }
  }

  #valueType(attribute: Attribute, value: Located, owner: TypeSpec): Omit<Member, 'property'> {
    const { type, optional } = translate(value.ast, this.scope(owner, value.place));
    const named = attribute.enumName === undefined ? type : this.#enumType(type, attribute.enumName, owner);
    return { type: this.#heldAsMembers(named), optional: optional || attribute.condition !== undefined };
  }

  /** A computed value of an enum is held as the members are, so that it can be compared with them. */
  #heldAsMembers(type: ValueType): ValueType {
    if (type.kind !== 'enum') return type;
    return { ...type, of: { ...type.of, held: this.isBigEnum(type.spec) ? 'bigint' : 'number' } };
  }

  #readType(attribute: Attribute, owner: TypeSpec): Omit<Member, 'property'> {
    const element = this.elementType(attribute, owner);
    const wire = this.wireOf(attribute, owner);
    const isRepeated = attribute.repeat !== undefined;
    const type = isRepeated ? types.arrayOf(element, tableOf(attribute, wire)) : element;
    const mayMiss = !isRepeated && wire.kind === 'switch' && !isTotal(wire);
    return { type, optional: mayMiss || attribute.condition !== undefined };
  }

  /** The type of one element of a read attribute. Throws SpecError. */
  elementType(attribute: Attribute, owner: TypeSpec): ValueType {
    const plain = elementType(this.wireOf(attribute, owner));
    return attribute.enumName === undefined ? plain : this.#enumType(plain, attribute.enumName, owner);
  }

  #enumType(
    plain: ValueType,
    { path, place }: { path: readonly string[]; place: Place },
    owner: TypeSpec,
  ): ValueType {
    if (plain.kind === 'array') return { ...plain, of: this.#enumType(plain.of, { path, place }, owner) };
    if (plain.kind === 'enum') return plain;
    const spec = requireEnum(path, owner, place);
    if (plain.kind === 'integer') return { kind: 'enum', spec, of: plain };
    throw new SpecError(place, `tried to resolve non-integer ${types.describe(plain)} to enum`);
  }

  parentType(type: TypeSpec): ValueType {
    const [only, ...others] = this.parentsOf(type);
    return only !== undefined && others.length === 0 ? { kind: 'user', type: only } : types.STRUCT;
  }

  /** All types whose objects create objects of this one. */
  parentsOf(type: TypeSpec): readonly TypeSpec[] {
    return [...(this.#parents.get(type) ?? [])];
  }

  /** May an object of the type be without a parent? */
  isParentOptional(type: TypeSpec): boolean {
    return type.outer === undefined || this.#orphans.has(type) || !this.needsParent(type);
  }

  /** May an object of the type be without a root? */
  isRootOptional(type: TypeSpec): boolean {
    return type.outer !== undefined && !this.needsRoot(type);
  }

  rootType(type: TypeSpec): ValueType {
    return { kind: 'user', type: type.spec.root };
  }

  /** Does code of the type itself ask for `_parent`? Then there are no such objects without one. */
  needsParent(type: TypeSpec): boolean {
    return expressionsOf(type).some((expression) => mentions(expression, '_parent'));
  }

  /** Does code of the type, or of one that it creates, ask for `_root`? */
  needsRoot(type: TypeSpec, seen: Set<TypeSpec> = new Set()): boolean {
    if (seen.has(type)) return false;
    seen.add(type);
    if (expressionsOf(type).some((expression) => mentions(expression, '_root'))) return true;
    const children = attributesOf(type).flatMap((attribute) => this.structuresOf(attribute, type));
    return children.some(
      (child) => child.spec === type.spec && child.outer !== undefined && this.needsRoot(child, seen),
    );
  }

  /** Is the byte order of the type handed to it by the type that creates it? */
  inheritsEndian(type: TypeSpec): boolean {
    return type.endian === undefined && hasCalculatedEndian(type);
  }

  /** Can the type be read on its own, from nothing but bytes and its params? */
  isStandalone(type: TypeSpec): boolean {
    if (type.outer === undefined) return true;
    return this.isParentOptional(type) && this.isRootOptional(type) && !this.inheritsEndian(type);
  }

  isBigEnum(spec: EnumSpec): boolean {
    return this.#bigEnums.has(spec);
  }

  typeBits(type: TypeSpec): number | undefined {
    return this.#declared.typeBits(type);
  }

  memberBits(type: TypeSpec, id: string): number | undefined {
    const attribute = attributesOf(type).find((one) => one.id === id);
    if (attribute === undefined) return undefined;
    if (attribute.value === undefined) return this.#declared.attributeBits(attribute, type);
    const { type: value } = this.#attributeType(attribute, type);
    return value.kind === 'user' ? this.typeBits(value.type) : undefined;
  }

  namedBits(path: readonly string[], from: TypeSpec, place: Place): number | undefined {
    const plain = /^(?:[us]([1248])|f([48]))$/.exec(path.join('::'));
    if (plain !== null) return Number(plain[1] ?? plain[2]) * 8;
    const bits = /^b([0-9]+)(?:le|be)?$/.exec(path.join('::'));
    return bits === null ? this.typeBits(requireType(path, from, place)) : Number(bits[1]);
  }

  /** The value of an expression that is a constant integer. */
  constant({ ast, place }: Located, owner: TypeSpec): number | undefined {
    if (ast.kind === 'integer') return Number(ast.value);
    // In a repeated field `_index` may take part, and then it is no constant. Elsewhere the code that reads it is refused.
    const { type } = translate(ast, { ...this.scope(owner, place), index: 'index' });
    const value = type.kind === 'integer' ? constantOf(type.range) : undefined;
    return value === undefined ? undefined : Number(value);
  }

  /** The types of the structures that reading an attribute creates; none where it cannot be told. */
  structuresOf(attribute: Attribute, owner: TypeSpec): readonly TypeSpec[] {
    if (attribute.value !== undefined) return [];
    try {
      return structuresIn(this.wireOf(attribute, owner)).map(({ type }) => type);
    } catch (error) {
      if (error instanceof SpecError) return [];
      throw error;
    }
  }

  #findParents(): void {
    const adopted: { attribute: Attribute; owner: TypeSpec; parent: Located }[] = [];
    for (const owner of this.allTypes()) {
      for (const attribute of attributesOf(owner)) {
        const { parent } = attribute;
        if (parent === undefined) this.#addParent(attribute, owner, owner);
        else if (parent !== 'none') adopted.push({ attribute, owner, parent });
        else for (const type of this.structuresOf(attribute, owner)) this.#orphans.add(type);
      }
    }
    for (const { attribute, owner, parent } of [...adopted, ...adopted]) {
      const type = this.#typeOrUndefined(parent, owner);
      if (type?.kind === 'user') this.#addParent(attribute, owner, type.type);
    }
  }

  #typeOrUndefined({ ast, place }: Located, owner: TypeSpec): ValueType | undefined {
    try {
      return translate(ast, this.scope(owner, place)).type;
    } catch (error) {
      if (error instanceof SpecError) return undefined;
      throw error;
    }
  }

  #addParent(attribute: Attribute, owner: TypeSpec, parent: TypeSpec): void {
    for (const type of this.structuresOf(attribute, owner)) {
      if (type.spec !== owner.spec) continue;
      this.#parents.set(type, (this.#parents.get(type) ?? new Set()).add(parent));
    }
  }

  #findBigEnums(): void {
    for (const type of this.allTypes()) {
      for (const spec of type.enums.values()) {
        if (spec.members.some(({ value }) => !Number.isSafeInteger(Number(value)))) this.#bigEnums.add(spec);
      }
      for (const attribute of [...type.params, ...attributesOf(type)]) this.#markBigEnum(attribute, type);
    }
  }

  #markBigEnum(attribute: Attribute | Parameter, owner: TypeSpec): void {
    const { type, enumName } = attribute;
    if (enumName === undefined || type?.kind !== 'named') return;
    const isBig = /^(?:[us]8(?:le|be)?|b(?:3[3-9]|[4-6][0-9])(?:le|be)?)$/.test(type.text);
    try {
      const spec = requireEnum(enumName.path, owner, enumName.place);
      if (isBig && spec.owner.spec === owner.spec) this.#bigEnums.add(spec);
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
    }
  }

  /** Every expression that the type's own code computes. */
  expressionsOf(type: TypeSpec): readonly Expression[] {
    return expressionsOf(type);
  }

  /** Every type of every spec, outer ones first. */
  *allTypes(): Iterable<TypeSpec> {
    for (const spec of this.specs) yield* typesIn(spec.root);
  }
}

/** A type and all types inside it, outer ones first. */
export function* typesIn(type: TypeSpec): Iterable<TypeSpec> {
  yield type;
  for (const nested of type.types.values()) yield* typesIn(nested);
}

const TABLES: Readonly<Record<string, string>> = {
  u2: 'Uint16Array',
  u4: 'Uint32Array',
  u8: 'BigUint64Array',
  s1: 'Int8Array',
  s2: 'Int16Array',
  s4: 'Int32Array',
  s8: 'BigInt64Array',
  u1: 'Uint8Array',
};

/** The typed array that holds a repeated plain number, where its length is known before reading it. */
export function tableOf(attribute: Attribute, wire: Wire): string | undefined {
  const { repeat, enumName, checks } = attribute;
  const isPlain =
    (repeat?.kind === 'count' || repeat?.kind === 'eos') && enumName === undefined && checks.length === 0;
  if (!isPlain) return undefined;
  if (wire.kind === 'float') return `Float${wire.bytes * 8}Array`;
  return wire.kind === 'integer' ? TABLES[`${wire.signed ? 's' : 'u'}${wire.bytes}`] : undefined;
}

/** Every expression that the type's own code computes. */
export function expressionsOf(type: TypeSpec): readonly Expression[] {
  const endian = endianOf(type);
  const own = typeof endian === 'object' && type.endian !== undefined ? [endian.on.ast] : [];
  return [
    ...own,
    ...(type.toText ? [type.toText.ast] : []),
    ...attributesOf(type).flatMap(expressionsOfAttribute),
  ];
}

/** All expressions of a field or instance. */
export function expressionsOfAttribute(attribute: Attribute): readonly Expression[] {
  const { type, extent, process, checks, repeat, condition, pos, io, value, parent } = attribute;
  const located = [extent.size, condition, pos, io, value, parent === 'none' ? undefined : parent];
  if (repeat?.kind === 'count') located.push(repeat.count);
  if (repeat?.kind === 'until') located.push(repeat.until);
  for (const check of checks) {
    if ('value' in check) located.push(check.value);
    if (check.kind === 'anyOf') located.push(...check.values);
  }
  const args = type?.kind === 'named' ? type.args : [];
  const cases =
    type?.kind === 'switch'
      ? type.cases.flatMap(({ when, type: one }) => [...(when ? [when.ast] : []), ...one.args])
      : [];
  const on = type?.kind === 'switch' ? [type.on.ast] : [];
  return [
    ...located.filter((one) => one !== undefined).map(({ ast }) => ast),
    ...args,
    ...cases,
    ...on,
    ...(process?.args ?? []),
  ];
}

/** Ids of the type's own members that its expressions name, once for each time. */
export function namesUsed(expression: Expression): readonly string[] {
  return expression.kind === 'name' ? [expression.name] : childrenOf(expression).flatMap(namesUsed);
}

/** The type's path for messages and the like: `opcode::intval`. */
export function displayName(type: TypeSpec): string {
  return typePath(type).join('::');
}
