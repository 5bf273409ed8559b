import { breachAt, ValidationError } from './validation.ts';
import type { Breach, BreachSink, FieldSite } from './breach.ts';
import { ByteReader } from './byte-reader.ts';
import { EncodeError, EndOfStreamError, ConversionError, UndecidedEndiannessError } from './errors.ts';
import type { FieldNode, FieldSpan } from './field.ts';
import { encodeField } from './encode.ts';
import type { FieldLayout, FieldPath, Layout } from './layout.ts';

const START = Symbol('start');
const ENDS = Symbol('ends');
const SPANS = Symbol('spans');
const KEPT = Symbol('kept');

interface BitSpan {
  readonly start: number;
  readonly end: number | undefined;
}

/**
 * A structure of a spec: its fields are properties, and it knows where each of them lay.
 *
 * The class without methods is there for specs whose own fields are called `at` or `fields`; all others extend
 * {@link Structure}.
 */
export abstract class BareStructure {
  /** The stream that the structure was read from. */
  readonly _io: ByteReader;
  /** The structure that holds this one. */
  readonly _parent: BareStructure | undefined;
  /** The outermost structure of the spec. */
  readonly _root: BareStructure | undefined;
  /** Position in the stream of the first byte. */
  readonly [START]: number;
  /** Ends of the fields of variable size, in bits. */
  [ENDS]?: number[];
  /** Where instances lay that were read so far. */
  [SPANS]?: Map<string, { readonly io: ByteReader; readonly span: BitSpan }>;
  /** Values of instances. */
  [KEPT]?: Map<string, unknown>;

  constructor(io: ByteReader, parent?: BareStructure, root?: BareStructure, isRoot = false) {
    this._io = io;
    this._parent = parent;
    this._root = root ?? (isRoot ? this : undefined);
    this[START] = io.pos * 8 - io.bitsLeft;
    if (io.sink !== undefined) latest.set(io.sink, this);
  }
}

/** The structure that was begun last, for each decoding that collects. */
const latest = new WeakMap<BreachSink, BareStructure>();

/** A structure with everything that one does with it. `Field` names its fields, in the words of the spec. */
export abstract class Structure<Field extends string = string> extends BareStructure {
  /**
   * Where a field lies, counted from the start of the bytes that were decoded; a path leads into nested structures.
   * `undefined` for a field that is absent or unknown.
   */
  at(field: FieldPath<Field>): FieldSpan | undefined {
    return spanOf(this, field);
  }

  /** All fields in order, nested ones inside, with place, value and meaning. */
  fields(): readonly FieldNode[] {
    return fieldsOf(this);
  }

  /** The bytes that give one field another value: write them at the offset, and nothing else changes. */
  patch(field: FieldPath<Field>, value: unknown): { readonly offset: number; readonly bytes: Uint8Array } {
    return patchOf(this, field, value);
  }

  /** Plain data for JSON: 64-bit integers are decimal strings, bytes are hex. */
  toJSON(): Readonly<Record<string, unknown>> {
    return plainOf(this);
  }
}

/** The properties of a structure that can be set: its fields. */
export type Values<T> = { -readonly [Key in SettableKeys<T>]?: T[Key] };

type SettableKeys<T> = {
  [Key in keyof T]-?: T[Key] extends (...args: never[]) => unknown
    ? never
    : Same<Pick<T, Key>, { -readonly [K in Key]: T[K] }> extends true
      ? Key
      : never;
}[keyof T];

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** The layout table of a structure's class. */
export function layoutOf(structure: BareStructure): Layout {
  const { layout } = structure.constructor as { readonly layout?: Layout };
  return layout ?? { type: structure.constructor.name, fields: {} };
}

/** Notes where a field of variable size ended. Called by generated code after each one. */
export function mark(structure: BareStructure): void {
  const { _io: io } = structure;
  (structure[ENDS] ??= []).push(io.pos * 8 - io.bitsLeft);
}

/** Checks that the next `size` bytes are there and moves past them; the error names the field that is cut off. */
export function reserve(structure: BareStructure, size: number, first: string): number {
  const { _io: io } = structure;
  if (io.pos + size <= io.size) return io.reserve(size);
  const fields = Object.entries(layoutOf(structure).fields);
  const from = fields.findIndex(([id]) => id === first);
  return io.reserve(
    size,
    fields.slice(from).map(([id, { size: length = 0 }]) => [id, length] as const),
  );
}

/** Computes a value once and keeps it. */
export function once<T>(structure: BareStructure, key: string, compute: () => T): T {
  const kept = (structure[KEPT] ??= new Map<string, unknown>());
  if (!kept.has(key)) kept.set(key, compute());
  return kept.get(key) as T;
}

/** Keeps a list before it is filled, so that its elements can look at those before them. */
export function early<T>(structure: BareStructure, key: string, list: T[]): T[] {
  (structure[KEPT] ??= new Map<string, unknown>()).set(key, list);
  return list;
}

/** Reads at a position of a stream, and goes back to where the stream was. Without a position it reads on. */
export function visit<T>(
  structure: BareStructure,
  key: string,
  io: ByteReader,
  pos: number | undefined,
  read: (io: ByteReader) => T,
): T {
  const before = io.pos;
  if (pos !== undefined) io.seek(pos);
  const spans = (structure[SPANS] ??= new Map());
  const start = io.pos * 8 - io.bitsLeft;
  spans.set(key, { io, span: { start, end: undefined } });
  const value = read(io);
  spans.set(key, { io, span: { start, end: io.pos * 8 - io.bitsLeft } });
  if (pos !== undefined) io.seek(before);
  return value;
}

/** The byte order of a structure that chooses it when it is read. Throws UndecidedEndiannessError if it did not. */
export function decideEndian(isLe: boolean | undefined): boolean {
  if (isLe === undefined) throw new UndecidedEndiannessError();
  return isLe;
}

/** How many whole elements of so many bytes are left; a rest is part of one more, which then is cut off. */
export function countToEnd(io: ByteReader, size: number): number {
  return Math.ceil(io.remaining / size);
}

/** Elements that take no bytes may come this often in a row; more is an endless loop, or an attack. */
const MOST_EMPTY_ELEMENTS = 65_536;

/** Ends loops that read nothing. */
export class LoopGuard {
  readonly #io: ByteReader;
  #last = -1;
  #idle = 0;

  constructor(io: ByteReader) {
    this.#io = io;
  }

  /** Called before each element. Throws ConversionError when too many of them were empty. */
  step(): void {
    const now = this.#io.pos * 8 - this.#io.bitsLeft;
    this.#idle = now === this.#last ? this.#idle + 1 : 0;
    this.#last = now;
    if (this.#idle > MOST_EMPTY_ELEMENTS)
      throw new ConversionError(`more than ${MOST_EMPTY_ELEMENTS} elements without a byte`);
  }
}

/** What a structure's class has beside its constructor. */
interface StructureType {
  readonly layout: Layout;
}

/** Reads a structure and hands every breach to the sink; `undefined` where the bytes end too early. */
export function decodeWith<T extends BareStructure>(
  type: StructureType,
  bytes: Uint8Array,
  sink: BreachSink,
  read: (io: ByteReader) => T,
): T | undefined {
  const forwarded: BreachSink = (breach) => sink(breach);
  try {
    return read(new ByteReader(bytes, { sink: forwarded }));
  } catch (error) {
    if (!(error instanceof EndOfStreamError)) throw error;
    sink(endOfStream(type.layout, error, latest.get(forwarded)));
    return undefined;
  }
}

function endOfStream(
  { type, rule }: Layout,
  error: EndOfStreamError,
  unfinished: BareStructure | undefined,
): Breach {
  const { requested, available, offset = 0 } = error;
  const field = unfinished === undefined ? '' : pathAt(unfinished, offset * 8);
  const site = { type, field, offset, size: requested, ...(rule === undefined ? {} : { rule }) };
  return breachAt('endOfStream', `${requested} bytes`, `${available} bytes`, site);
}

/** A new structure of fixed size: zeros and constants, and over them the given values. */
export function createWith<T extends BareStructure>(
  type: StructureType,
  values: Values<T>,
  read: (io: ByteReader) => T,
): T {
  const { size = 0, fields } = type.layout;
  const zeros = new ByteReader(new Uint8Array(size), { sink: () => undefined });
  const structure = read(zeros);
  const target = structure as unknown as Record<string, unknown>;
  for (const [id, { initial, property = id }] of Object.entries(fields)) {
    if (initial === undefined) continue;
    const isBig = typeof target[property] === 'bigint' && typeof initial === 'number';
    target[property] = Array.isArray(initial) ? Uint8Array.from(initial) : isBig ? BigInt(initial) : initial;
  }
  return Object.assign(structure, values);
}

/** The properties of a structure that can be set; only those that may be absent can be left out. */
export type AllValues<T> = { -readonly [Key in RequiredKeys<T>]: T[Key] } & {
  -readonly [Key in Exclude<SettableKeys<T>, RequiredKeys<T>>]?: T[Key];
};

type RequiredKeys<T> = { [Key in SettableKeys<T>]: undefined extends T[Key] ? never : Key }[SettableKeys<T>];

/** A new structure of variable size: it was read from nowhere, so its class's constructor does not run. */
export function assemble<T extends BareStructure>(type: { readonly prototype: T }, values: object): T {
  const structure = Object.create(type.prototype) as T;
  return Object.assign(structure, { _root: structure }, values);
}

/** As {@link Structure.at}. */
export function spanOf(structure: BareStructure, path: string): FieldSpan | undefined {
  const found = follow(structure, path);
  return (
    found &&
    (found.index === undefined
      ? fieldSpan(found.holder, found.id)
      : elementSpan(found.holder, found.id, found.index))
  );
}

interface Followed {
  readonly holder: BareStructure;
  readonly id: string;
  readonly index: number | undefined;
}

/** The structure that holds the last part of a path. */
function follow(structure: BareStructure, path: string): Followed | undefined {
  const [, id, position, rest] = /^([a-z_][a-z0-9_]*)(?:\[([0-9]+)\])?(?:\.(.+))?$/.exec(path) ?? [];
  if (id === undefined) return undefined;
  const index = position === undefined ? undefined : Number(position);
  if (rest === undefined) return { holder: structure, id, index };
  const value = valueOf(structure, id);
  const inner =
    index === undefined ? value : Array.isArray(value) ? (value as readonly unknown[])[index] : undefined;
  return inner instanceof BareStructure ? follow(inner, rest) : undefined;
}

/** The value of a field or instance by its id. */
export function valueOf(structure: BareStructure, id: string): unknown {
  const { fields, instances = {} } = layoutOf(structure);
  const { property = id } = fields[id] ?? instances[id] ?? {};
  return (structure as unknown as Readonly<Record<string, unknown>>)[property];
}

function fieldSpan(structure: BareStructure, id: string): FieldSpan | undefined {
  const field = layoutOf(structure).fields[id];
  if (field === undefined) {
    const read = structure[SPANS]?.get(id);
    return read && toSpan(read.io, read.span.start, read.span.end ?? read.span.start);
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
  return { offset: io.base + first, size: Math.max(0, Math.ceil(end / 8) - first) };
}

/** First bit of a field in its stream; undefined where a field before it was not read. */
function startOf(structure: BareStructure, { at = 0, after, bit }: FieldLayout): number | undefined {
  const base = after === undefined ? structure[START] : structure[ENDS]?.[after];
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
  return structure[ENDS]?.[variableIndex(structure, id)] ?? io.pos * 8 - io.bitsLeft;
}

/** The how-manieth field of variable size this one is. */
function variableIndex(structure: BareStructure, id: string): number {
  let count = -1;
  for (const [other, field] of Object.entries(layoutOf(structure).fields)) {
    if (field.size === undefined && (field.bits === undefined || field.repeated === true)) count++;
    if (other === id) return count;
  }
  return count;
}

function elementSpan(structure: BareStructure, id: string, index: number): FieldSpan | undefined {
  const { fields, instances = {} } = layoutOf(structure);
  const field = fields[id] ?? instances[id];
  const value = valueOf(structure, id);
  const element = Array.isArray(value) ? (value as readonly unknown[])[index] : undefined;
  if (element instanceof BareStructure) return structureSpan(element, structure);
  const whole = fieldSpan(structure, id);
  if (whole === undefined || field?.element === undefined || !isList(value) || index >= value.length)
    return undefined;
  const start = whole.offset * 8 + index * field.element * 8;
  return { offset: Math.floor(start / 8), size: Math.ceil(field.element) };
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

/** The place of a whole structure in the stream of the one that holds it. */
function structureSpan(
  structure: BareStructure,
  holder: BareStructure | undefined = structure._parent,
): FieldSpan {
  const { _io: io } = structure;
  if (holder !== undefined && holder._io !== io) return { offset: io.base, size: io.size };
  const start = structure[START];
  const { size } = layoutOf(structure);
  return toSpan(io, start, size === undefined ? (structure[ENDS]?.at(-1) ?? io.pos * 8) : start + size * 8);
}

/** As {@link Structure.fields}. */
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
  if (field.structure !== true || !Array.isArray(value)) return undefined;
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

/** As {@link Structure.toJSON}. */
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

/** As {@link Structure.patch}. Throws EncodeError where the value does not fit, or the field has no place. */
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

/** The bytes that a structure was read from, and where in them its fields end; `undefined` if it was never read. */
export function ownBytes(
  structure: BareStructure,
): { readonly bytes: Uint8Array; readonly end: number } | undefined {
  const { _io: io, _parent: parent } = structure as { _io?: ByteReader; _parent: BareStructure | undefined };
  if (io === undefined) return undefined;
  const start = Math.floor(structure[START] / 8);
  const end = Math.ceil(endOfFields(structure) / 8);
  const hasStream = start === 0 && parent?._io !== io;
  return { bytes: hasStream ? io.bytes : io.bytes.subarray(start, end), end: end - start };
}

/** First bit behind the last field. */
function endOfFields(structure: BareStructure): number {
  const [id, field] = Object.entries(layoutOf(structure).fields).at(-1) ?? [];
  if (id === undefined || field === undefined) return structure[START];
  return endOf(structure, id, field, startOf(structure, field) ?? structure[START]);
}

/** Drops what was computed from fields, because fields may have changed since. */
export function forgetValues(structure: BareStructure): void {
  const { instances = {} } = layoutOf(structure);
  for (const id of structure[KEPT]?.keys() ?? [])
    if (instances[id]?.type === 'value') structure[KEPT]?.delete(id);
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

/** As {@link fieldSpan}, for a field that is being read: what is not there yet ends where the stream stands. */
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
function pathOf(structure: BareStructure, path: string): string {
  const { _parent: parent } = structure;
  if (parent === undefined) return path;
  const bit = structure._io.base * 8 + structure[START];
  return pathOf(parent, `${holdingField(parent, structure, bit)}.${path}`);
}

/** The field of the parent that a structure, perhaps one still being read, is the value of. */
function holdingField(parent: BareStructure, child: BareStructure, bit: number): string {
  for (const [id, { span }] of parent[SPANS] ?? [])
    if (span.end === undefined) return withIndex(parent, id, child);
  let holder = '';
  for (const [id, field] of Object.entries(layoutOf(parent).fields)) {
    const start = startOf(parent, field);
    if (field.structure === true && start !== undefined && parent._io.base * 8 + start <= bit) holder = id;
  }
  return withIndex(parent, holder, child);
}

function withIndex(parent: BareStructure, id: string, child: BareStructure): string {
  const value = valueOfField(parent, id);
  if (!Array.isArray(value)) return id;
  const known = value.indexOf(child);
  return `${id}[${known < 0 ? value.length : known}]`;
}

/** The value of a field, or of an instance as far as it is read: asking for the rest would read it once more. */
function valueOfField(structure: BareStructure, id: string): unknown {
  return id in layoutOf(structure).fields ? valueOf(structure, id) : structure[KEPT]?.get(id);
}

/** The path of the field that the bit belongs to, as far as structures were read. */
function pathAt(structure: BareStructure, bit: number): string {
  const { _io: io, _parent: parent } = structure;
  const { fields, size } = layoutOf(structure);
  const begin = io.base * 8 + structure[START];
  const isOver = size !== undefined ? bit >= begin + size * 8 : bit < begin;
  if (isOver && parent !== undefined) return pathAt(parent, bit);
  let found = '';
  for (const [id, field] of Object.entries(fields)) {
    const start = startOf(structure, field);
    if (start !== undefined && io.base * 8 + start <= bit) found = id;
  }
  return pathOf(structure, found);
}

/** Hands a failed check to whoever collects them, or throws it. */
export function report(structure: BareStructure, error: ValidationError): void {
  structure._io.report(error);
}
