import { expressionsOfAttribute, namesUsed } from './analysis.ts';
import { documentationText, viewNotes } from './emit-documentation.ts';
import { propertyOf, scopeAt, type Emission } from './emission.ts';
import type { GetterParts } from './emit-instances.ts';
import { positionsOf, type Position } from './emit-layout.ts';
import { typeText } from './emit-types.ts';
import type { Attribute, TypeSpec } from './model.ts';
import type { FieldEndian, Wire } from './resolve.ts';
import type { Names } from './scope.ts';

/** A number whose place is known. */
export type NumberWire = Extract<Wire, { kind: 'integer' | 'float' }>;

/** A bit field. */
export type BitsWire = Extract<Wire, { kind: 'bits' }>;

/**
 * Is it a type of whole bytes and fixed size, in a module of views? Such records come by the hundred thousand, and making their values is
 * what takes the time then: their numbers and byte arrays stay in the bytes until they are asked for.
 */
export function isRecord({ analysis, owner, views }: Emission): boolean {
  if (!views) return false;
  const { alignment, sizes } = analysis;
  const [first] = owner.fields;
  const isWhole = ({ attribute, bit, bits = 0 }: Position): boolean =>
    analysis.wireOf(attribute, owner).kind !== 'bits' && bit % 8 === 0 && bits % 8 === 0;
  return (
    (sizes.typeBits(owner) ?? 0) > 0 &&
    first !== undefined &&
    !alignment.mayBeginInside(first, owner) &&
    positionsOf(owner, analysis).every(isWhole) &&
    owner.fields.some((field) => isPlain(field, { analysis, owner })) &&
    !readsAhead(owner) &&
    !owner.fields.some((field) => analysis.unfinished.isAskedBefore(field, owner))
  );
}

/** Does a field depend on one behind it? That one is absent then, though its bytes may be there. */
function readsAhead({ fields }: TypeSpec): boolean {
  const isBehind = (name: string, index: number): boolean =>
    fields.slice(index + 1).some(({ id }) => id === name);
  return fields.some((field, index) =>
    expressionsOfAttribute(field)
      .flatMap(namesUsed)
      .some((name) => isBehind(name, index)),
  );
}

/** Is it a type of nothing but bit fields, none of them wider than a number holds? What is true of records is true of it. */
export function isBitRecord({ analysis, owner, views }: Emission): boolean {
  if (!views) return false;
  const isNarrow = (field: Attribute): boolean => {
    const wire = analysis.wireOf(field, owner);
    return (
      wire.kind === 'bits' && wire.bits <= 32 && field.repeat === undefined && field.condition === undefined
    );
  };
  return owner.fields.length > 0 && owner.fields.every(isNarrow) && !readsAhead(owner);
}

/** Does the field stay in the bytes until it is asked for? */
export function isLazy(attribute: Attribute, emission: Emission): boolean {
  return isBitRecord(emission) || (isRecord(emission) && isPlain(attribute, emission));
}

/** Is it one number, or one byte array as it is? */
export function isPlain(
  attribute: Attribute,
  { analysis, owner }: Pick<Emission, 'analysis' | 'owner'>,
): boolean {
  const { repeat, condition, process, extent } = attribute;
  if (repeat !== undefined || condition !== undefined || process !== undefined) return false;
  const wire = analysis.wireOf(attribute, owner);
  if (isNumber(wire)) return true;
  const isWhole = extent.padRight === undefined && extent.terminator === undefined && !extent.sizeEos;
  return wire.kind === 'bytes' && isWhole;
}

/** The getters and setters of a record's plain fields. Throws SpecError. */
export function emitRecordFields(emission: Emission): readonly GetterParts[] {
  const { analysis, names, owner } = emission;
  return positionsOf(owner, analysis).flatMap((position) => {
    const { attribute } = position;
    const member = analysis.memberOf(owner, attribute.id);
    if (member === undefined || !isLazy(attribute, emission)) return [];
    const notes = viewNotes(member.type);
    return {
      name: member.property,
      type: typeText(member.type, scopeAt(emission, attribute.whole)),
      doc: documentationText(attribute.documentation, undefined, notes),
      body: [`return ${valueAt(position, emission)};`],
      setter: [`${names.runtime('setField')}(this, ${JSON.stringify(propertyOf(attribute, owner))}, value);`],
    };
  });
}

/** The expression that reads a plain field. */
function valueAt({ attribute, bit, bits = 0 }: Position, { analysis, names, owner }: Emission): string {
  const wire = analysis.wireOf(attribute, owner);
  if (wire.kind === 'bits') return bitsAt(wire, bit, names);
  return isNumber(wire)
    ? numberAt(wire, 'this._io.view', `${names.runtime('byteIn')}(this, ${bit / 8})`)
    : `${names.runtime('bytesIn')}(this, ${bit / 8}, ${bits / 8})`;
}

/** The expression that reads a bit field of a record. */
export function bitsAt({ bits, endian, isFlag }: BitsWire, bit: number, names: Names): string {
  const value = `${names.runtime(endian === 'le' ? 'bitsLe' : 'bitsBe')}(this, ${bit}, ${bits})`;
  return isFlag ? `${value} !== 0` : value;
}

/** Is it an integer of whole bytes, or a float? */
export function isNumber(wire: Wire): wire is NumberWire {
  return wire.kind === 'integer' || wire.kind === 'float';
}

/** The expression that reads a number from a `DataView`, at a place that was checked. */
export function numberAt(wire: NumberWire, view: string, place: string): string {
  const kind =
    wire.kind === 'float' ? 'Float' : `${wire.bytes === 8 ? 'Big' : ''}${wire.signed ? 'Int' : 'Uint'}`;
  const order = wire.bytes === 1 ? '' : littleArgument(wire.endian);
  return `${view}.get${kind}${wire.bytes * 8}(${place}${order})`;
}

/** What stands behind the place where a number's byte order matters. */
export function littleArgument(endian: FieldEndian): string {
  if (endian === 'be') return '';
  return endian === 'le' ? ', true' : ', this._isLe';
}
