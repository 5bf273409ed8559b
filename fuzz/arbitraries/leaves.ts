import type { FieldValue, StructureValues } from './encode.ts';
import type { BytesField, IntegerField } from './layout.ts';
import type { StructureArbitrary } from './structure.ts';

/** One integer, flag or run of bytes somewhere in a structure. */
export interface Leaf {
  /** `key_slots[3].salt` */
  readonly path: string;
  readonly field: IntegerField | BytesField;
  readonly value: bigint | Uint8Array;
}

/** All values of a structure, those of inner structures by their path. */
export function leavesOf(structure: StructureArbitrary, values: StructureValues, prefix = ''): Leaf[] {
  return structure.layout.fields.flatMap((field): Leaf[] => {
    const value = values[field.id];
    const path = prefix + field.id;
    if (value === undefined) return [];
    if (field.kind !== 'structure') return isLeafValue(value) ? [{ path, field, value }] : [];
    const inner = structure.inner.find(({ layout }) => layout.id === field.type);
    if (inner === undefined || isLeafValue(value)) return [];
    if (!isList(value)) return leavesOf(inner, value, `${path}.`);
    return value.flatMap((element, index) => leavesOf(inner, element, `${path}[${index}].`));
  });
}

/** The values with one leaf changed. */
export function withLeaf(values: StructureValues, path: string, value: bigint | Uint8Array): StructureValues {
  const [, id = '', index, rest] = /^([a-z0-9_]+)(?:\[([0-9]+)\])?(?:\.(.*))?$/.exec(path) ?? [];
  const old = values[id];
  if (rest === undefined || old === undefined || isLeafValue(old)) return { ...values, [id]: value };
  if (!isList(old)) return { ...values, [id]: withLeaf(old, rest, value) };
  const element = old[Number(index)] ?? {};
  return { ...values, [id]: old.with(Number(index), withLeaf(element, rest, value)) };
}

/** The value as generated classes hold it. */
export function heldValue({ field, value }: Leaf): bigint | number | boolean | Uint8Array {
  if (value instanceof Uint8Array || field.kind === 'bytes') return value;
  if (field.kind === 'bits' && field.width === 1) return value === 1n;
  return field.width > 32 ? value : Number(value);
}

function isLeafValue(value: FieldValue): value is bigint | Uint8Array {
  return typeof value === 'bigint' || value instanceof Uint8Array;
}

function isList(value: StructureValues | readonly StructureValues[]): value is readonly StructureValues[] {
  return Array.isArray(value);
}
