import type { Analysis } from '../../../tools/generate/analysis.ts';
import type { Attribute, Check, TypeSpec } from '../../../tools/generate/model.ts';
import { requireEnum } from '../../../tools/generate/resolve.ts';
import { evaluate, type Standpoint } from './evaluate.ts';
import { compareValues, isTrue } from './operators.ts';
import { SpecStructure, type Placed, type Value } from './values.ts';

/** A field that does not keep a demand of its spec. */
export interface Broken {
  /** The field's path in spec ids, `key_slots[3].stripes` for one. */
  readonly field: string;
  readonly rule: string | null;
  /** First byte in the stream, and how many bytes the field touches. */
  readonly offset: number;
  readonly size: number;
  readonly value: Value;
}

/** Does a value of a field keep a demand? */
export function isKept(check: Check, field: Attribute, value: Value, standpoint: Standpoint): boolean {
  const at: Standpoint = { ...standpoint, item: value };
  switch (check.kind) {
    case 'contents':
      return compareValues('==', value, check.bytes);
    case 'equal':
      return compareValues('==', value, evaluate(check.value, at));
    case 'min':
      return compareValues('>=', value, evaluate(check.value, at));
    case 'max':
      return compareValues('<=', value, evaluate(check.value, at));
    case 'anyOf':
      return check.values.some((one) => compareValues('==', value, evaluate(one, at)));
    case 'inEnum':
      return enumValues(field, at.self.type).some((one) => one === value);
    case 'expression':
      return isTrue(evaluate(check.value, at));
  }
}

/** The values that the enum of a field names. */
export function enumValues({ enumName }: Attribute, type: TypeSpec): readonly bigint[] {
  if (enumName === undefined) return [];
  return requireEnum(enumName.path, type, enumName.place).members.map(({ value }) => value);
}

/** The demands that a structure and those inside it do not keep, in the order of reading. */
export function brokenIn(structure: SpecStructure, analysis: Analysis, prefix = ''): Broken[] {
  return structure.type.fields.flatMap((field) =>
    elementsOf(structure, field).flatMap(({ value, place, index }) => {
      const path = prefix + field.id + (index === undefined ? '' : `[${index}]`);
      const inner = value instanceof SpecStructure ? brokenIn(value, analysis, `${path}.`) : [];
      const isSound = field.checks.every((check) =>
        isKept(check, field, value, { analysis, self: structure, index }),
      );
      return isSound
        ? inner
        : [...inner, { field: path, rule: field.rule ?? null, ...touched(place), value }];
    }),
  );
}

/** One value of a field: an element of it where the field is repeated. */
export interface Element {
  readonly value: Value;
  readonly place: Placed;
  readonly index: number | undefined;
}

/** The value of a field, or all of its elements; nothing where the field is absent. */
export function elementsOf({ fields }: SpecStructure, { id, repeat }: Attribute): Element[] {
  const { value, places = [] } = fields.get(id) ?? {};
  const values = repeat === undefined ? [value] : (value as readonly Value[] | undefined);
  return places.map((place, index) => {
    return { value: values?.[index], place, index: repeat === undefined ? undefined : index };
  });
}

/** The bytes that bits lie in. */
export function touched({ start, end }: Placed): { readonly offset: number; readonly size: number } {
  const offset = Math.floor(start / 8);
  return { offset, size: Math.ceil(end / 8) - offset };
}
