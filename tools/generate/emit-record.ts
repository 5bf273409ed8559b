import { propertyOf, scopeAt, type Emission } from './emission.ts';
import type { GetterParts } from './emit-instances.ts';
import { positionsOf } from './emit-layout.ts';
import { documentationText } from './emit-documentation.ts';
import { typeText } from './emit-types.ts';
import type { Attribute } from './model.ts';
import type { FieldEndian, Wire } from './resolve.ts';

/** A number whose place is known. */
export type NumberWire = Extract<Wire, { kind: 'integer' | 'float' }>;

/**
 * Is the type nothing but plain numbers that nobody looks at while it is read? Such records come by the hundred thousand, and
 * objects are what takes the time then: their fields stay in the bytes until they are asked for.
 */
export function isRecord({ analysis, owner }: Emission): boolean {
  const isPlain = (field: Attribute): boolean =>
    isNumber(analysis.wireOf(field, owner)) &&
    field.repeat === undefined &&
    field.condition === undefined &&
    field.checks.length === 0;
  return owner.fields.length > 0 && owner.fields.every(isPlain);
}

/** The getters and setters of a record's fields. Throws SpecError. */
export function emitRecordFields(emission: Emission): readonly GetterParts[] {
  const { analysis, names, owner } = emission;
  return positionsOf(owner, analysis).flatMap(({ attribute, bit }) => {
    const wire = analysis.wireOf(attribute, owner);
    const member = analysis.memberOf(owner, attribute.id);
    if (!isNumber(wire) || member === undefined) return [];
    const place = `${names.runtime('byteIn')}(this, ${bit / 8})`;
    return {
      name: member.property,
      type: typeText(member.type, scopeAt(emission, attribute.whole)),
      doc: documentationText(attribute.documentation, `The field \`${attribute.id}\`.`),
      body: [`return ${numberAt(wire, 'this._io', place)};`],
      setter: [`${names.runtime('setField')}(this, ${JSON.stringify(propertyOf(attribute, owner))}, value);`],
    };
  });
}

/** Is it an integer of whole bytes, or a float? */
export function isNumber(wire: Wire): wire is NumberWire {
  return wire.kind === 'integer' || wire.kind === 'float';
}

/** The expression that reads a number at a place that was checked. */
export function numberAt(wire: NumberWire, io: string, place: string): string {
  const kind =
    wire.kind === 'float' ? 'Float' : `${wire.bytes === 8 ? 'Big' : ''}${wire.signed ? 'Int' : 'Uint'}`;
  const order = wire.bytes === 1 ? '' : littleArgument(wire.endian);
  return `${io}.view.get${kind}${wire.bytes * 8}(${place}${order})`;
}

function littleArgument(endian: FieldEndian): string {
  if (endian === 'be') return '';
  return endian === 'le' ? ', true' : ', this._isLe';
}
