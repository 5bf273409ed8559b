import { BareStructure, layoutOf, valueOf } from './bare-structure.ts';
import { encodeField } from './encode.ts';
import { EncodeError } from './errors.ts';
import type { FieldNode, FieldSpan } from './field.ts';
import type { FieldLayout } from './layout.ts';
import { elementSpan, fieldSpan, follow, isList, spanOf } from './places.ts';

/** As `Structure.fields`. */
export function fieldsOf(structure: BareStructure): readonly FieldNode[] {
  return Object.entries(layoutOf(structure).fields).flatMap(([id, field]) => {
    const value = valueOf(structure, id);
    const span = fieldSpan(structure, id);
    return value === undefined || span === undefined ? [] : [nodeOf(structure, id, field, value, span)];
  });
}

function nodeOf(
  structure: BareStructure,
  name: string,
  field: FieldLayout,
  value: unknown,
  span: FieldSpan,
): FieldNode {
  const meaning = meaningOf(field, value);
  const inner = innerNodes(structure, name, field, value);
  return {
    name,
    type: field.type,
    ...span,
    value: inner === undefined ? value : undefined,
    ...(meaning === undefined ? {} : { meaning }),
    ...(field.doc === undefined ? {} : { doc: field.doc }),
    ...(inner === undefined ? {} : { fields: inner }),
  };
}

function innerNodes(
  structure: BareStructure,
  name: string,
  field: FieldLayout,
  value: unknown,
): readonly FieldNode[] | undefined {
  if (value instanceof BareStructure) return fieldsOf(value);
  if (field.of === undefined || !Array.isArray(value)) return undefined;
  const type = field.type.replace(/\[\]$/, '');
  return (value as readonly unknown[]).map((element, index) => {
    const span = elementSpan(structure, name, index) ?? { offset: 0, size: 0 };
    const inner =
      element instanceof BareStructure ? { value: undefined, fields: fieldsOf(element) } : { value: element };
    return { name: `${name}[${index}]`, type, ...span, ...inner };
  });
}

/** The member of the field's enum that the value is. */
function meaningOf(field: FieldLayout, value: unknown): string | undefined {
  if (field.enum === undefined) return undefined;
  return Object.entries(field.enum()).find(([, member]) => member === value)?.[0];
}

/** As `Structure.toJSON`. */
export function plainOf(structure: BareStructure): Readonly<Record<string, unknown>> {
  const ids = Object.keys(layoutOf(structure).fields);
  const entries = ids.map((id) => [id, plainValue(valueOf(structure, id))] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array)
    return Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (value instanceof BareStructure) return plainOf(value);
  return isList(value) ? Array.from(value, plainValue) : value;
}

/** As `Structure.patch`. Throws EncodeError where the value does not fit, or the field has no place. */
export function patchOf(
  structure: BareStructure,
  path: string,
  value: unknown,
): { offset: number; bytes: Uint8Array } {
  const found = follow(structure, path);
  const field = found && layoutOf(found.holder).fields[found.id];
  const span = spanOf(structure, path);
  if (found === undefined || field === undefined || span === undefined)
    throw new EncodeError(`there is no field ${path} to patch`);
  const { _io: io } = found.holder;
  const before = io.bytes.slice(span.offset - io.base, span.offset - io.base + span.size);
  return {
    offset: span.offset,
    bytes: encodeField(field, value, before, span.bitOffset ?? 0, `${layoutOf(found.holder).type}.${path}`),
  };
}
