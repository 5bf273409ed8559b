import * as codec from '../../src/codec/index.ts';
import { namesUsed } from './analysis.ts';
import { emitChecks } from './emit-checks.ts';
import { positionsOf, type Position } from './emit-layout.ts';
import { isTaken } from './emit-members.ts';
import {
  bitsAt,
  isBitRecord,
  isLazy,
  isNumber,
  isPlain,
  littleArgument,
  numberAt,
  type NumberWire,
} from './emit-record.ts';
import { type Emission } from './emission.ts';
import type { Expression } from './expression.ts';
import type { Attribute, Check, TypeSpec } from './model.ts';
import { childrenOf, type Code } from './scope.ts';
import * as types from './types.ts';

/** Emits how a field is read that is not plain, with its checks. */
export type ReadWhole = (attribute: Attribute, emission: Emission) => readonly string[];

/**
 * What a record's constructor does: it holds each field to its checks as soon as the field is known to be there, and reads the fields that
 * are not plain. Throws SpecError.
 */
export function emitRecordChecks(emission: Emission, readWhole: ReadWhole): readonly string[] {
  const { analysis, names, owner } = emission;
  const positions = positionsOf(owner, analysis);
  const bits = analysis.sizes.typeBits(owner) ?? 0;
  const isUnchecked = ({ attribute }: Position): boolean =>
    isPlain(attribute, emission) && attribute.checks.length === 0;
  if (positions.every(isUnchecked))
    return [`${names.runtime('reserve')}(this, ${bits / 8}, ${JSON.stringify(owner.fields[0]?.id)});`];
  const checks = new RecordChecks(emission, readWhole);
  for (const position of positions) emission.attempt(() => checks.add(position));
  return checks.finish(bits);
}

class RecordChecks {
  #emission: Emission;
  readonly #readWhole: ReadWhole;
  readonly #lines: string[] = [];
  /** Plain fields that were passed. */
  readonly #passed = new Map<string, Position>();
  /** What checks have for them in place of properties. */
  readonly #locals = new Map<string, Code>();
  /** Bits in the unit in which places are counted: 1 in a type of bit fields, which may begin within a byte. */
  readonly #unit: number;
  /** Units from the start that are known to be there. */
  #known = 0;
  /** Byte at which the reader stands, from the start. */
  #at = 0;

  constructor(emission: Emission, readWhole: ReadWhole) {
    const { fields } = emission.owner;
    this.#emission = { ...emission, locals: this.#locals, unread: new Set(fields.map(({ id }) => id)) };
    this.#readWhole = readWhole;
    this.#unit = isBitRecord(emission) ? 1 : 8;
  }

  add(position: Position): void {
    const { attribute, bit, bits = 0 } = position;
    const [start, end] = [bit / this.#unit, (bit + bits) / this.#unit];
    const unread = new Set([...(this.#emission.unread ?? [])].filter((id) => id !== attribute.id));
    this.#emission = { ...this.#emission, unread };
    if (isLazy(attribute, this.#emission)) {
      this.#passed.set(attribute.id, position);
      if (attribute.checks.length > 0) this.#check(attribute, end);
      return;
    }
    this.#know(start);
    this.#declareNamedBy(attribute);
    this.#moveTo(start);
    this.#lines.push(...this.#readWhole(attribute, this.#emission));
    [this.#known, this.#at] = [end, end];
  }

  finish(bits: number): readonly string[] {
    this.#know(bits / this.#unit);
    if (this.#unit === 1) {
      const skip = `io.skipBits${this.#isLittle() ? 'Le' : 'Be'}(${bits});`;
      return ['const room = io.remaining * 8 + io.bitsLeft;', ...this.#lines, skip];
    }
    this.#moveTo(bits / 8);
    const usesView = this.#lines.some((line) => /\bview\b/.test(line));
    return [
      ...(usesView ? ['const { view } = io;'] : []),
      'io.alignToByte();',
      'const { at } = io;',
      'const room = io.end - at;',
      ...this.#lines,
    ];
  }

  #isLittle(): boolean {
    const { analysis, owner } = this.#emission;
    const [first] = owner.fields;
    const wire = first && analysis.wireOf(first, owner);
    return wire?.kind === 'bits' && wire.endian === 'le';
  }

  #check(attribute: Attribute, end: number): void {
    this.#know(end);
    this.#declareNamedBy(attribute);
    this.#declare(attribute.id);
    this.#lines.push(...emitChecks(attribute, this.#locals.get(attribute.id), this.#emission));
  }

  /** Makes sure that so many units are there. */
  #know(size: number): void {
    if (size <= this.#known) return;
    this.#known = size;
    this.#lines.push(`if (room < ${size}) ${this.#emission.names.runtime('cutOff')}(this);`);
  }

  #moveTo(place: number): void {
    if (place === this.#at) return;
    this.#at = place;
    this.#lines.push(`io.at = at + ${place};`);
  }

  #declareNamedBy({ checks }: Attribute): void {
    for (const id of checks.flatMap(demandsOf).flatMap(namesUsed)) this.#declare(id);
  }

  /** A field that a check names: a number is read into a variable, of a byte array it is said where it lies. */
  #declare(id: string): void {
    const position = this.#passed.get(id);
    if (position === undefined || this.#locals.has(id)) return;
    const { analysis, names, owner } = this.#emission;
    const { attribute, bit, bits = 0 } = position;
    const member = analysis.memberOf(owner, id);
    if (member === undefined) return;
    const wire = analysis.wireOf(attribute, owner);
    const place = at(bit / 8);
    const text = variableFor(member.property);
    if (wire.kind === 'bits') {
      this.#lines.push(`const ${text} = ${bitsAt(wire, bit, names)};`);
      this.#locals.set(id, { text, type: member.type, optional: false });
      return;
    }
    if (!isNumber(wire)) {
      const within = { start: place, size: bits / 8 };
      this.#locals.set(id, { text: `this.${member.property}`, type: member.type, optional: false, within });
      return;
    }
    const isRounded = isComparedOnly(attribute, wire, owner);
    const value = isRounded
      ? `${names.runtime('roundedU8')}(view, ${place}${littleArgument(wire.endian)})`
      : numberAt(wire, 'view', place);
    this.#lines.push(`const ${text} = ${value};`);
    const rounded: Code = {
      text,
      type: { ...types.declared(64, false), held: 'number' },
      optional: false,
      isRounded: true,
    };
    this.#locals.set(id, isRounded ? rounded : { text, type: member.type, optional: false });
  }
}

function at(offset: number): string {
  return offset === 0 ? 'at' : `at + ${offset}`;
}

/** A name for a variable that hides nothing that the constructor needs. */
function variableFor(property: string): string {
  return isTaken(property) || property in codec ? `${property}_` : property;
}

/**
 * Is an unsigned 64-bit field in no check but beside constants, where a rounded value does? A `bigint` is made on the heap, and most
 * fields of a structure that is checked are never looked at.
 */
function isComparedOnly(attribute: Attribute, wire: NumberWire, owner: TypeSpec): boolean {
  if (wire.kind !== 'integer' || wire.bytes !== 8 || wire.signed) return false;
  const { id } = attribute;
  return owner.fields.every((field) =>
    field.checks.every((check) => {
      const isOwn = field === attribute;
      if (check.kind === 'expression') return isBesideConstants(check.value.ast, isOwn ? [id, '_'] : [id]);
      if (!isOwn) return !demandsOf(check).flatMap(namesUsed).includes(id);
      return check.kind !== 'inEnum' && demandsOf(check).every(isSmall);
    }),
  );
}

function isBesideConstants(expression: Expression, names: readonly string[]): boolean {
  const isIt = (one: Expression): boolean => one.kind === 'name' && names.includes(one.name);
  if (isIt(expression)) return false;
  if (expression.kind === 'comparison') {
    const { left, operator, right } = expression;
    if (isIt(left)) return isSmall(right) || (['<', '>='].includes(operator) && isCoarse(right));
    if (isIt(right)) return isSmall(left);
  }
  return childrenOf(expression).every((child) => isBesideConstants(child, names));
}

/** A constant below 2^53: no rounded value is taken for it. */
function isSmall(expression: Expression): boolean {
  return expression.kind === 'integer' && expression.value < 2n ** 53n;
}

/** A multiple of what rounding leaves: rounded values are below it where the exact ones are. */
function isCoarse(expression: Expression): boolean {
  return expression.kind === 'integer' && expression.value % BigInt(codec.ROUNDED_TO) === 0n;
}

function demandsOf(check: Check): readonly Expression[] {
  if ('value' in check) return [check.value.ast];
  return check.kind === 'anyOf' ? check.values.map(({ ast }) => ast) : [];
}
