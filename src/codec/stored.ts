import { BareStructure, KEPT, layoutOf, SPANS, valueOf, type BitSpan } from './bare-structure.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter, type WritingWork, type WrittenStructure } from './byte-writer.ts';
import { bytesEqual } from './bytes.ts';
import { plainValue } from './dump.ts';
import { EncodeError, isRooted, placed, rooted } from './errors.ts';
import type { FieldLayout, Layout } from './layout.ts';
import { isUnderway } from './reading.ts';

/** How one instance that is read from somewhere is written there. Generated code says it. */
export interface StoredInstance {
  /** The structure in whose stream it is, or that stream; absent where it is the one of the structure itself. */
  readonly in?: () => BareStructure | ByteReader | undefined;
  /** Is its condition true? */
  readonly if?: () => boolean;
  /** Where it is, in a stream of the given size; absent where it is read where the stream is. */
  readonly pos?: (streamSize: number) => number;
  /** Writes its value; or why that cannot be done. */
  readonly write: ((io: ByteWriter) => void) | string;
}

/** A structure that says where its instances are. */
export interface StoringStructure extends BareStructure {
  /** How its instances are written, by their ids. */
  _stored(): Readonly<Record<string, StoredInstance>>;
}

/** An instance that was read or set. */
interface Kept {
  readonly structure: BareStructure;
  readonly id: string;
  readonly field: FieldLayout;
  readonly how: StoredInstance;
  readonly path: string;
  /** The structure that owns the stream of the structure itself. */
  readonly home: BareStructure | undefined;
}

type WriteStream = (
  structure: WrittenStructure,
  size: number | undefined,
  stored: StoredInstances,
) => Uint8Array;

/**
 * The instances of a tree of structures that were read or set, by the streams they are in. Each is encoded when the
 * fields of its stream are written. One that comes to the same bytes as it was read from has no need to be written;
 * another one is, unless fields or instances that are at the same place say something else.
 */
export class StoredInstances implements WritingWork {
  readonly #writeStream: WriteStream;
  readonly #byStream = new Map<BareStructure, Kept[]>();
  readonly #homes = new Map<BareStructure, BareStructure | undefined>();
  readonly #readers = new Map<ByteReader, BareStructure>();
  #waiting: Kept[] = [];
  readonly #lost: Kept[] = [];

  constructor(root: WrittenStructure, writeStream: WriteStream) {
    this.#writeStream = writeStream;
    if (!mayStore(layoutOf(root))) return;
    this.#visit(root, root, '');
    this.#settle();
  }

  bytesOf(structure: WrittenStructure, size: number | undefined): Uint8Array {
    return this.#writeStream(structure, size, this);
  }

  /** Notes a structure and all that it contains; `home` owns the stream that it is in, if that is written. */
  #visit(structure: BareStructure, home: BareStructure | undefined, path: string): void {
    if (this.#homes.has(structure)) return;
    this.#homes.set(structure, home);
    const { fields, instances = {} } = layoutOf(structure);
    if (home === structure) this.#noteReader(structure);
    for (const [id, field] of Object.entries(fields))
      if (field.of !== undefined) this.#visitAll(valueOf(structure, id), field, home, joined(path, id));
    const kept = [...(structure[KEPT] ?? [])].filter(
      ([id, value]) => id in instances && instances[id]?.type !== 'value' && !isUnderway(value),
    );
    if (kept.length === 0) return;
    const how = isStoring(structure) ? structure._stored() : {};
    for (const [id] of kept) {
      const [field, way] = [instances[id], how[id]];
      if (field === undefined) continue;
      const unknown = { write: 'its class cannot be written' };
      this.#waiting.push({ structure, id, field, how: way ?? unknown, path: joined(path, id), home });
    }
  }

  #noteReader(structure: BareStructure): void {
    const { _io: io } = structure as { readonly _io?: ByteReader };
    if (io !== undefined) this.#readers.set(io, structure);
  }

  #visitAll(value: unknown, { stream }: FieldLayout, home: BareStructure | undefined, path: string): void {
    const visit = (one: unknown, at: string): void => {
      if (one instanceof BareStructure) this.#visit(one, stream === true ? one : home, at);
    };
    if (!Array.isArray(value)) visit(value, path);
    else value.forEach((one, index) => visit(one, `${path}[${index}]`));
  }

  /** Finds the streams of the instances. Some of these are known only when others were found. */
  #settle(): void {
    while (this.#waiting.length > 0) {
      const waiting = this.#waiting;
      this.#waiting = [];
      const left = waiting.filter((one) => !this.#settleOne(one));
      if (left.length < waiting.length) for (const one of left) this.#waiting.push(one);
      else for (const one of left) this.#lose(one);
    }
  }

  #settleOne(one: Kept): boolean {
    const target = this.#streamOf(one);
    if (target === undefined) return false;
    const known = this.#byStream.get(target);
    if (known === undefined) this.#byStream.set(target, [one]);
    else known.push(one);
    this.#visitAll(one.structure[KEPT]?.get(one.id), one.field, target, one.path);
    return true;
  }

  /** An instance in a stream that is not written, with all that it contains. */
  #lose(one: Kept): void {
    this.#lost.push(one);
    this.#visitAll(one.structure[KEPT]?.get(one.id), one.field, undefined, one.path);
  }

  #streamOf({ how, home }: Kept): BareStructure | undefined {
    if (how.in === undefined) return home;
    const place = how.in();
    if (place instanceof ByteReader) return this.#readers.get(place);
    return place && this.#homes.get(place);
  }

  /**
   * Writes the instances of a stream, the fields of which are written and end at `fieldsEnd`. `isPart` says that
   * there is only the part of a stream that its owner was read from.
   */
  writeInto(owner: BareStructure, io: ByteWriter, fieldsEnd: number, isPart: boolean): void {
    const all = this.#byStream.get(owner);
    if (all === undefined) return;
    this.#byStream.delete(owner);
    const taken: Taken[] = [{ start: 0, end: fieldsEnd, path: undefined }];
    const moved: (() => void)[] = [];
    for (const one of all) {
      const change = this.#changeOf(one, io);
      if (change === undefined) continue;
      const { start, bytes } = change;
      if (start < 0 || (isPart && start + bytes.length > io.size)) throw outside(one.path);
      checkFree(change, taken, io);
      io.seek(start);
      io.writeBytes(bytes);
      taken.push({ start, end: start + bytes.length, path: one.path });
      moved.push(() => checkStart(one, start, io));
    }
    for (const check of moved) check();
  }

  /** What is to be written of an instance; nothing where it is as it was. */
  #changeOf(one: Kept, io: ByteWriter): Change | undefined {
    const { how, structure, id, path } = one;
    const span = structure[SPANS]?.get(id);
    const place = span && wholeBytes(span);
    if (structure[KEPT]?.get(id) === undefined) {
      if (span === undefined || how.if?.() === false || isAsRead(structure, id)) return undefined;
      throw rooted(new EncodeError('it has no value, but would be read', { field: path }));
    }
    if (typeof how.write === 'string' || (span !== undefined && place === undefined)) {
      if (isAsRead(structure, id)) return undefined;
      const reason = typeof how.write === 'string' ? how.write : 'it begins within a byte';
      throw rooted(new EncodeError(`it cannot be written: ${reason}`, { field: path }));
    }
    if (place !== undefined && isViewOf(structure[KEPT]?.get(id), place.bytes)) return undefined;
    if (place !== undefined) {
      const same = this.#encode(one, how.write, place.bytes, place.start);
      if (bytesEqual(same.toBytes().subarray(0, same.pos), place.bytes)) return undefined;
      // The same values may be written in another way than they were.
      if (isAsRead(structure, id)) return undefined;
    }
    if (how.if?.() === false)
      throw rooted(new EncodeError('it has a value, but its condition does not hold', { field: path }));
    const to = how.pos?.(io.origin + io.size) ?? place?.start;
    if (to === undefined) throw rooted(new EncodeError('nothing says where it lies', { field: path }));
    const written = this.#encode(one, how.write, place?.bytes, to);
    written.finishWith(io);
    const bytes = written.toBytes().subarray(0, written.pos);
    return { start: to - io.origin, bytes, before: place?.bytes, isInPlace: to === place?.start, path };
  }

  /** Writes an instance to a place of its stream, over the bytes that it was read from. */
  #encode(
    { id, path }: Kept,
    write: (io: ByteWriter) => void,
    before: Uint8Array | undefined,
    start: number,
  ): ByteWriter {
    const io = new ByteWriter(before, before?.length, start, false, this);
    try {
      write(io);
    } catch (error) {
      if (!(error instanceof EncodeError) || isRooted(error)) throw error;
      const { field = id, offset = start } = error;
      throw rooted(placed(error, { field: path.slice(0, path.length - id.length) + field, offset }));
    }
    return io;
  }

  /**
   * Called when all is written.
   *
   * @throws EncodeError where an instance was changed that is in no stream of these bytes.
   */
  finish(): void {
    for (const one of [...this.#lost, ...[...this.#byStream.values()].flat()])
      if (!isAsRead(one.structure, one.id)) throw outside(one.path);
  }
}

function outside(path: string): EncodeError {
  const text = 'it lies outside of what is written: write the structure that holds its bytes';
  return rooted(new EncodeError(text, { field: path }));
}

/** The bytes that an instance was read from, where they are whole ones, and where in their stream they begin. */
function wholeBytes({
  io,
  start,
  end,
}: BitSpan): { readonly bytes: Uint8Array; readonly start: number } | undefined {
  if (end === undefined || start % 8 !== 0) return undefined;
  return { bytes: io.bytes.subarray(start / 8, Math.ceil(end / 8)), start: start / 8 - io.start };
}

/** Is a value the very bytes that were read? Then there is nothing to write, whatever else was changed. */
function isViewOf(value: unknown, bytes: Uint8Array): boolean {
  if (!(value instanceof Uint8Array) || value.buffer !== bytes.buffer) return false;
  return value.byteOffset === bytes.byteOffset && value.length === bytes.length;
}

/** Bytes that are to be put into a stream. */
interface Change {
  readonly start: number;
  readonly bytes: Uint8Array;
  /** What was read there. */
  readonly before: Uint8Array | undefined;
  readonly isInPlace: boolean;
  readonly path: string;
}

/** Bytes of a stream that say something already: its fields, or an instance. */
interface Taken {
  readonly start: number;
  readonly end: number;
  readonly path: string | undefined;
}

/** Throws EncodeError where the bytes would destroy what others say, or what follows them. */
function checkFree(
  { start, bytes, before, isInPlace, path }: Change,
  taken: readonly Taken[],
  io: ByteWriter,
): void {
  const now = io.bytesAt(start, bytes.length);
  for (const one of taken) {
    const [from, to] = [Math.max(start, one.start) - start, Math.min(start + bytes.length, one.end) - start];
    if (from >= to || bytesEqual(now.subarray(from, to), bytes.subarray(from, to))) continue;
    const isAsBefore =
      isInPlace && before !== undefined && bytesEqual(now.subarray(from, to), before.subarray(from, to));
    if (one.path === undefined && isAsBefore) continue;
    const other = one.path === undefined ? 'a field' : one.path;
    const text = `other bytes are written to the same place by ${other}`;
    throw rooted(new EncodeError(text, { field: path, offset: io.origin + start + from }));
  }
  if (before === undefined || !isInPlace || bytes.length <= before.length) return;
  if (bytesEqual(now.subarray(before.length), bytes.subarray(before.length, now.length))) return;
  const text = `${bytes.length} bytes do not fit a place of ${before.length}`;
  throw rooted(new EncodeError(text, { field: path, offset: io.origin + start }));
}

/**
 * Throws EncodeError where an instance would be looked for elsewhere than it was written, now that the stream is
 * complete.
 */
function checkStart({ how, path }: Kept, start: number, io: ByteWriter): void {
  const wanted = how.pos?.(io.origin + io.size);
  if (wanted === undefined || wanted === io.origin + start) return;
  const text = `it was written at ${io.origin + start}, but would be read at ${wanted}`;
  throw rooted(new EncodeError(text, { field: path }));
}

/** Would reading an instance once more give the same? */
function isAsRead(structure: BareStructure, id: string): boolean {
  const kept = structure[KEPT];
  const value = kept?.get(id);
  const span = structure[SPANS]?.get(id);
  const { _io: io } = structure as { readonly _io?: ByteReader };
  if (span === undefined || io === undefined) return false;
  const { standing } = io;
  kept?.delete(id);
  try {
    io.goBack(span.when);
    return isSamePlain(plainValue(valueOf(structure, id)), plainValue(value));
  } catch {
    return false;
  } finally {
    io.goBack(standing);
    kept?.set(id, value);
    structure[SPANS]?.set(id, span);
  }
}

/** Are plain values the same, part by part? */
function isSamePlain(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return (
    left.length === right.length &&
    left.every(([key, value], index) => key === right[index]?.[0] && isSamePlain(value, right[index]?.[1]))
  );
}

const storing = new WeakMap<Layout, boolean>();

/** Can structures of the layout, or any inside of them, have instances at a place of their own? */
function mayStore(layout: Layout): boolean {
  let may = storing.get(layout);
  if (may === undefined) storing.set(layout, (may = findStoring(layout)));
  return may;
}

function findStoring(layout: Layout): boolean {
  const found = new Set([layout]);
  for (const { fields, instances = {} } of found) {
    if (Object.values(instances).some(({ type }) => type !== 'value')) return true;
    for (const { of } of Object.values<FieldLayout>(fields))
      for (const inner of of?.() ?? []) found.add(inner.layout);
  }
  return false;
}

function isStoring(structure: BareStructure): structure is StoringStructure {
  return '_stored' in structure && typeof structure._stored === 'function';
}

function joined(path: string, id: string): string {
  return path === '' ? id : `${path}.${id}`;
}
