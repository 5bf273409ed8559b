import { BareStructure, layoutOf, START, valueOf } from './bare-structure.ts';
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

/** How structures become plain data. */
export interface PlainOptions {
  /** Instances too: those that are computed, and those that are read from elsewhere, for which they are read now. */
  readonly instances?: boolean;
  /** Values of enums by the names of their members, as far as the enum has one; they are numbers else. */
  readonly enums?: 'names' | 'numbers';
}

/** As `Structure.toJSON`. */
export function plainOf(
  structure: BareStructure,
  options: PlainOptions = {},
): Readonly<Record<string, unknown>> {
  return plainStructure(structure, options, []);
}

function plainStructure(
  structure: BareStructure,
  options: PlainOptions,
  holders: readonly BareStructure[],
): Readonly<Record<string, unknown>> {
  const { fields, instances = {} } = layoutOf(structure);
  const inside = [...holders, structure];
  const all = Object.entries<FieldLayout>(options.instances === true ? { ...fields, ...instances } : fields);
  const entries = all.map(
    ([id, field]) => [id, plainField(valueOf(structure, id), field, options, inside)] as const,
  );
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** The value of a field; nothing for a structure that contains the field itself, since there would be no end to it. */
function plainField(
  value: unknown,
  field: FieldLayout,
  options: PlainOptions,
  holders: readonly BareStructure[],
): unknown {
  if (value instanceof BareStructure)
    return holders.some((one) => isSamePlace(one, value))
      ? undefined
      : plainStructure(value, options, holders);
  if (Array.isArray(value)) return value.map((one: unknown) => plainField(one, field, options, holders));
  if (options.enums === 'names') return meaningOf(field, value) ?? plainValue(value);
  return plainValue(value);
}

/** Are they one structure, or read from the same bytes? */
function isSamePlace(one: BareStructure, other: BareStructure): boolean {
  if (one === other) return true;
  const isAlike = one.constructor === other.constructor && one._io !== undefined;
  return isAlike && one._io === other._io && one[START] === other[START];
}

/** A value as plain data for JSON. */
export function plainValue(value: unknown): unknown {
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
  const before = io.bytes.slice(span.offset - io.origin, span.offset - io.origin + span.size);
  return {
    offset: span.offset,
    bytes: encodeField(field, value, before, span.bitOffset ?? 0, path),
  };
}
