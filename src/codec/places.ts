import {
  BareStructure,
  endAt,
  endCount,
  KEPT,
  layoutOf,
  LEAD,
  SPANS,
  START,
  valueOf,
} from './bare-structure.ts';
import type { FieldSite } from './breach.ts';
import type { ByteReader } from './byte-reader.ts';
import type { FieldSpan } from './field.ts';
import type { FieldLayout } from './layout.ts';

/** As `Structure.at`. */
export function spanOf(structure: BareStructure, path: string): FieldSpan | undefined {
  if (Object.hasOwn(layoutOf(structure).fields, path)) return fieldSpan(structure, path);
  const found = follow(structure, path);
  return (
    found &&
    (found.index === undefined
      ? fieldSpan(found.holder, found.id)
      : elementSpan(found.holder, found.id, found.index))
  );
}

/** A field, or an element of one, and the structure that contains it. */
export interface Followed {
  readonly holder: BareStructure;
  readonly id: string;
  readonly index: number | undefined;
}

/** The structure that contains the last part of a path. */
export function follow(structure: BareStructure, path: string): Followed | undefined {
  const [, id, position, rest] = /^([a-z_][a-z0-9_]*)(?:\[([0-9]+)\])?(?:\.(.+))?$/.exec(path) ?? [];
  if (id === undefined) return undefined;
  const index = position === undefined ? undefined : Number(position);
  if (rest === undefined) return { holder: structure, id, index };
  const value = valueOf(structure, id);
  const inner =
    index === undefined ? value : Array.isArray(value) ? (value as readonly unknown[])[index] : undefined;
  return inner instanceof BareStructure ? follow(inner, rest) : undefined;
}

/** Where a field or instance of the structure itself is. */
export function fieldSpan(structure: BareStructure, id: string): FieldSpan | undefined {
  const field = layoutOf(structure).fields[id];
  if (field === undefined) {
    const read = structure[SPANS]?.get(id);
    return read && toSpan(read.io, read.start, read.end ?? read.start);
  }
  const start = startOf(structure, field);
  if (start === undefined || valueOf(structure, id) === undefined) return undefined;
  const { bit, bits } = field;
  const span = toSpan(structure._io, start, endOf(structure, id, field, start));
  return bit === undefined || bits === undefined || field.repeated === true
    ? span
    : { ...span, bitOffset: start & 7, bitLength: bits };
}

function toSpan(io: ByteReader, start: number, end: number): FieldSpan {
  const first = Math.floor(start / 8);
  return { offset: io.origin + first, size: Math.max(0, Math.ceil(end / 8) - first) };
}

/**
 * Where in the memory of its stream a structure's first bit is, or of its first whole byte where it begins with
 * one.
 */
function firstBit(structure: BareStructure): number {
  const [first] = Object.values(layoutOf(structure).fields);
  return structure[START] * 8 - (first?.bit === undefined ? 0 : (structure[LEAD] ?? 0));
}

/** First bit of a field in the memory of its stream; undefined where a field before it was not read. */
function startOf(structure: BareStructure, { at = 0, after, bit }: FieldLayout): number | undefined {
  const base = after === undefined ? firstBit(structure) : endAt(structure, after);
  if (base === undefined) return undefined;
  return bit === undefined ? Math.ceil(base / 8) * 8 + at * 8 : base + at * 8 + bit;
}

function endOf(
  structure: BareStructure,
  id: string,
  { size, bits, repeated }: FieldLayout,
  start: number,
): number {
  if (size !== undefined) return start + size * 8;
  if (bits !== undefined && repeated !== true) return start + bits;
  const { _io: io } = structure;
  return endAt(structure, variableIndex(structure, id)) ?? io.at * 8 - io.bitsLeft;
}

/** The how-manieth field of variable size this one is. */
function variableIndex(structure: BareStructure, id: string): number {
  let count = -1;
  for (const [other, field] of Object.entries(layoutOf(structure).fields)) {
    if (field.size === undefined && (field.bits === undefined || field.variable === true)) count++;
    if (other === id) return count;
  }
  return count;
}

/** Where one element of a list is. */
export function elementSpan(structure: BareStructure, id: string, index: number): FieldSpan | undefined {
  const { fields, instances = {} } = layoutOf(structure);
  const field = fields[id] ?? instances[id];
  const value = valueOf(structure, id);
  const element = Array.isArray(value) ? (value as readonly unknown[])[index] : undefined;
  if (element instanceof BareStructure) return structureSpan(element, structure);
  const whole = fieldSpan(structure, id);
  if (whole === undefined || field?.element === undefined || !isList(value) || index >= value.length)
    return undefined;
  const { _io: io } = structure;
  const first = id in fields ? startOf(structure, field) : undefined;
  const start = (first ?? (whole.offset - io.origin) * 8) + index * field.element * 8;
  const span = toSpan(io, start, start + field.element * 8);
  return field.bits === undefined ? span : { ...span, bitOffset: start & 7, bitLength: field.bits };
}

/** Is it a list or a typed array? */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

/** The place of a whole structure in the stream of the one that contains it. */
function structureSpan(structure: BareStructure, holder: BareStructure): FieldSpan {
  const { _io: io } = structure;
  if (holder._io !== io) return { offset: io.base, size: io.size };
  return toSpan(io, firstBit(structure), endOfFields(structure));
}

/** The bytes that a structure was read from. */
export interface OwnBytes {
  readonly bytes: Uint8Array;
  /** Where in its stream they begin. */
  readonly start: number;
  /** Where in them its fields end. */
  readonly end: number;
  /** They are not all of its stream. */
  readonly isPart: boolean;
}

/** The bytes that a structure was read from; `undefined` if it was never read. */
export function ownBytes(structure: BareStructure): OwnBytes | undefined {
  const { _io: io, _parent: parent } = structure as { _io?: ByteReader; _parent: BareStructure | undefined };
  if (io === undefined) return undefined;
  const start = Math.floor(firstBit(structure) / 8);
  const end = Math.ceil(endOfFields(structure) / 8);
  const hasStream = start === io.start && parent?._io !== io;
  const bytes = hasStream ? io.bytes.subarray(io.start, io.end) : io.bytes.subarray(start, end);
  return { bytes, start: start - io.start, end: end - start, isPart: !hasStream };
}

/** First bit after the last field. */
function endOfFields(structure: BareStructure): number {
  const [id, field] = Object.entries(layoutOf(structure).fields).at(-1) ?? [];
  if (id === undefined || field === undefined) return firstBit(structure);
  return endOf(structure, id, field, startOf(structure, field) ?? firstBit(structure));
}

/** What a failed check is about: type, path and place of the field, and how its values are shown. */
export function siteOf(structure: BareStructure, id: string, index?: number): FieldSite {
  const { type, fields, instances = {} } = layoutOf(structure);
  const field = fields[id] ?? instances[id];
  const place = currentSpan(structure, id, field, index);
  const path = pathOf(structure, index === undefined ? id : `${id}[${index}]`);
  return {
    type,
    field: path,
    offset: place.offset,
    size: place.size,
    ...(place.bitOffset === undefined ? {} : { bitOffset: place.bitOffset }),
    ...(field?.rule === undefined ? {} : { rule: field.rule }),
    ...(field?.hex === undefined ? {} : { hex: field.hex }),
  };
}

/** As {@link fieldSpan}, for a field that is being read: what is missing yet ends where the stream is. */
function currentSpan(
  structure: BareStructure,
  id: string,
  field: FieldLayout | undefined,
  index?: number,
): FieldSpan {
  const { _io: io } = structure;
  const whole = fieldSpan(structure, id) ?? { offset: io.offset, size: 0 };
  if (index === undefined || field?.element === undefined) return whole;
  return { offset: whole.offset + Math.floor(index * field.element), size: Math.ceil(field.element) };
}

/** The path of a field from the outermost structure that is being decoded. */
export function pathOf(structure: BareStructure, path: string): string {
  const { _parent: parent, _io: io } = structure as { _parent: BareStructure | undefined; _io?: ByteReader };
  if (parent === undefined || io === undefined) return path;
  const bit = io.origin * 8 + firstBit(structure);
  return pathOf(parent, `${holdingField(parent, structure, bit)}.${path}`);
}

/** The field of the parent that a structure, perhaps one still being read, is the value of. */
function holdingField(parent: BareStructure, child: BareStructure, bit: number): string {
  const reading = beingRead(parent);
  if (reading !== undefined) return withIndex(parent, reading, child);
  for (const [id, value] of parent[KEPT] ?? [])
    if (value === child || (Array.isArray(value) && value.includes(child)))
      return withIndex(parent, id, child);
  let holder = '';
  for (const [id, field] of Object.entries(layoutOf(parent).fields)) {
    const start = startOf(parent, field);
    if (field.of !== undefined && start !== undefined && parent._io.origin * 8 + start <= bit) holder = id;
  }
  return withIndex(parent, holder, child);
}

/** The instance of a structure that is being read. */
function beingRead(structure: BareStructure): string | undefined {
  let found: string | undefined;
  for (const [id, { end }] of structure[SPANS] ?? []) if (end === undefined) found = id;
  return found;
}

function withIndex(parent: BareStructure, id: string, child: BareStructure | undefined): string {
  const value = valueOfField(parent, id);
  if (!Array.isArray(value)) return id;
  const known = child === undefined ? -1 : value.indexOf(child);
  const missing = value.findIndex((element) => element === undefined);
  return `${id}[${known >= 0 ? known : missing >= 0 ? missing : value.length}]`;
}

/** The value of a field, or of an instance as far as it is read: asking for the rest would read it once more. */
function valueOfField(structure: BareStructure, id: string): unknown {
  if (id in layoutOf(structure).fields) return valueOf(structure, id);
  return structure[KEPT]?.get(id) ?? structure[SPANS]?.get(id)?.unfinished;
}

/** Were all fields of variable size read? */
function isComplete(structure: BareStructure): boolean {
  const [last] = Object.keys(layoutOf(structure).fields).slice(-1);
  return last === undefined || endCount(structure) > variableIndex(structure, last);
}

/** The path of the field that the bit belongs to, as far as structures were read. */
export function pathAt(structure: BareStructure, bit: number): string {
  const { _io: io, _parent: parent } = structure;
  const { fields } = layoutOf(structure);
  const origin = io.origin * 8;
  const isOver = isComplete(structure) && bit >= origin + endOfFields(structure);
  if ((isOver || bit < origin + firstBit(structure)) && parent !== undefined) {
    const reading = beingRead(parent);
    return reading === undefined
      ? pathAt(parent, bit)
      : pathOf(parent, withIndex(parent, reading, undefined));
  }
  let found = '';
  for (const [id, field] of Object.entries(fields)) {
    const start = startOf(structure, field);
    if (start !== undefined && io.origin * 8 + start <= bit) found = id;
  }
  return pathOf(structure, found);
}
