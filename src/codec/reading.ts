import {
  AWAITED,
  END0,
  END1,
  END2,
  ENDS,
  KEPT,
  layoutOf,
  LEAD,
  SPANS,
  START,
  type BareStructure,
  type BitSpan,
} from './bare-structure.ts';
import type { ByteReader, Standing } from './byte-reader.ts';
import {
  ConversionError,
  DecodeError,
  EndOfStreamError,
  placed,
  UndecidedEndiannessError,
} from './errors.ts';
import { pathAt, pathOf } from './places.ts';

// What constructors and getters of generated classes call.

/** Notes where variable field number `index` ended. Called by generated code after each one. */
export function mark(structure: BareStructure, index: number): void {
  const { _io: io } = structure;
  const end = io.at * 8 - io.bitsLeft;
  // Most structures have few such fields, and a list takes more memory than they do.
  if (index === 0) structure[END0] = end;
  else if (index === 1) structure[END1] = end;
  else if (index === 2) structure[END2] = end;
  else if (structure[ENDS] === undefined) structure[ENDS] = [end];
  else structure[ENDS].push(end);
}

/** Checks that the next `size` bytes are there and moves past them; the error names the field that is cut off. */
export function reserve(structure: BareStructure, size: number, first: string): number {
  const { _io: io } = structure;
  if (io.at + size <= io.end) return io.reserve(size);
  const fields = Object.entries(layoutOf(structure).fields);
  const from = fields.findIndex(([id]) => id === first);
  return io.reserve(
    size,
    fields.slice(from).map(([id, { size: length = 0 }]) => [pathOf(structure, id), length] as const),
  );
}

/** Throws the error of a record whose bytes end too early; it names the first field that is not all there. */
export function cutOff(record: BareStructure): never {
  const { _io: io } = record;
  let bit = firstBit(record);
  for (const [field, { size = 0, bits = size * 8 }] of Object.entries(layoutOf(record).fields)) {
    const start = Math.ceil(bit / 8);
    const length = Math.ceil((bit + bits) / 8) - start;
    bit += bits;
    if (start + length <= io.end) continue;
    throw new EndOfStreamError(length, Math.max(0, io.end - start), {
      offset: io.origin + start,
      field: pathOf(record, field),
    });
  }
  throw new EndOfStreamError(1, 0, { offset: io.offset });
}

/** Where a record begins in the memory of its stream: the first bit of one of bit fields, or the first whole byte. */
function firstBit(record: BareStructure): number {
  const [first] = Object.values(layoutOf(record).fields);
  return record[START] * 8 - (first?.bits === undefined ? 0 : (record[LEAD] ?? 0));
}

/** `count` bits of a record of bit fields, from bit number `from` on, the least significant first. */
export function bitsLe(record: BareStructure, from: number, count: number): number {
  if (count > MOST_BITS) return bitsLe(record, from, 16) + bitsLe(record, from + 16, count - 16) * 0x10000;
  const { bytes } = record._io;
  const bit = from - (record[LEAD] ?? 0);
  const at = record[START] + (bit >> 3);
  const before = bit & 7;
  let word = 0;
  for (let have = 0; have < before + count; have += 8) word |= (bytes[at + (have >> 3)] ?? 0) << have;
  return (word >>> before) & ((1 << count) - 1);
}

/** As `bitsLe`, the most significant first. */
export function bitsBe(record: BareStructure, from: number, count: number): number {
  if (count > MOST_BITS)
    return bitsBe(record, from, count - 16) * 0x10000 + bitsBe(record, from + count - 16, 16);
  const { bytes } = record._io;
  const bit = from - (record[LEAD] ?? 0);
  const at = record[START] + (bit >> 3);
  const end = (bit & 7) + count;
  let word = 0;
  let have = 0;
  for (; have < end; have += 8) word = (word << 8) | (bytes[at + (have >> 3)] ?? 0);
  return (word >>> (have - end)) & ((1 << count) - 1);
}

/**
 * Widest bit field that, with the 7 bits that may precede it, fits JavaScript's 32-bit integers without their sign.
 */
const MOST_BITS = 24;

/** The bytes of a record's field, as a view of the input. */
export function bytesIn(record: BareStructure, offset: number, size: number): Uint8Array {
  const start = record[START] + offset;
  return record._io.bytes.subarray(start, start + size);
}

/** Where a field is in the memory of the stream of a record, whose fields begin with a whole byte. */
export function byteIn(record: BareStructure, offset: number): number {
  return record[START] + offset;
}

/** Gives a field of a record a value of its own, in place of the one that its bytes contain. */
export function setField(record: BareStructure, property: string, value: unknown): void {
  Object.defineProperty(record, property, { value, writable: true, enumerable: true, configurable: true });
}

/** Stands for a value that is being computed. */
const UNDERWAY = Symbol('underway');

/** Does a value stand for one that is being computed? */
export function isUnderway(value: unknown): boolean {
  return value === UNDERWAY;
}

/**
 * Computes a value once and keeps it.
 *
 * @throws ConversionError where computing it asks for itself.
 */
export function once<T>(structure: BareStructure, key: string, compute: () => T): T {
  const kept = (structure[KEPT] ??= new Map<string, unknown>());
  const known = kept.get(key);
  if (known === UNDERWAY)
    throw new ConversionError('the value depends on itself', { field: pathOf(structure, key) });
  if (known !== undefined || kept.has(key)) return known as T;
  kept.set(key, UNDERWAY);
  try {
    const value = compute();
    kept.set(key, value);
    return value;
  } catch (error) {
    const span = structure[SPANS]?.get(key);
    // The path of the error is told by how far a list came.
    if (span !== undefined) structure[SPANS]?.set(key, { ...span, unfinished: kept.get(key) });
    kept.delete(key);
    throw isUnplaced(error) ? placed(error, { ...offsetOf(error), field: pathOf(structure, key) }) : error;
  }
}

/** Is it an error that does not know its field yet? */
function isUnplaced(error: unknown): error is DecodeError {
  return error instanceof DecodeError && error.field === undefined;
}

function offsetOf({ offset }: DecodeError): { readonly offset?: number } {
  return offset === undefined ? {} : { offset };
}

/** Says which field or instance is read next, because structures inside of it ask for it before it is complete. */
export function awaitStructure(holder: BareStructure, id: string): void {
  holder[AWAITED] = id;
}

/** Puts a structure whose reading begins where its holder awaits it. */
export function expose(structure: BareStructure): void {
  const { _parent: holder } = structure;
  const id = holder?.[AWAITED];
  if (holder === undefined || id === undefined) return;
  const { fields, instances = {} } = layoutOf(holder);
  const { property = id, of = () => [] } = fields[id] ?? instances[id] ?? {};
  const classes: readonly unknown[] = of();
  if (!classes.includes(structure.constructor)) return;
  holder[AWAITED] = undefined;
  if (id in fields) Object.assign(holder, { [property]: structure });
  else (holder[KEPT] ??= new Map<string, unknown>()).set(id, structure);
}

/** Keeps a list before it is filled, so that its elements can look at those before them. */
export function early<T>(structure: BareStructure, key: string, list: T[]): T[] {
  (structure[KEPT] ??= new Map<string, unknown>()).set(key, list);
  return list;
}

/**
 * Reads at a position of a stream, and goes back to where the stream was, also after an error. Without a position
 * it reads on.
 */
export function visit<T>(
  structure: BareStructure,
  key: string,
  io: ByteReader,
  pos: number | undefined,
  read: (io: ByteReader) => T,
): T {
  if ((io as ByteReader | undefined) === undefined)
    throw new ConversionError('it was given no value, and there are no bytes to read it from');
  const { pos: before, standing: start } = io;
  const { standing: when } = structure._io;
  try {
    return visitOnce(structure, key, io, pos ?? start, when, read);
  } catch (error) {
    if (!isUnplaced(error)) throw error;
    const { offset = io.offset } = error;
    const inside = noted(io, () => visitOnce(structure, key, io, pos ?? start, when, read));
    const field = inside === undefined ? pathOf(structure, key) : pathAt(inside, offset * 8);
    throw placed(error, { offset, field });
  } finally {
    if (pos !== undefined) io.seek(before);
  }
}

function visitOnce<T>(
  structure: BareStructure,
  key: string,
  io: ByteReader,
  from: Standing,
  when: Standing,
  read: (io: ByteReader) => T,
): T {
  io.goBack(from);
  const spans = (structure[SPANS] ??= new Map<string, BitSpan>());
  const start = io.at * 8 - io.bitsLeft;
  // What is read now is the last one in the map.
  spans.delete(key);
  spans.set(key, { io, start, end: undefined, when });
  const value = read(io);
  spans.set(key, { io, start, end: io.at * 8 - io.bitsLeft, when });
  return value;
}

/** Does once more what failed, to find out which structure was being read then: nothing where it was none. */
function noted(io: ByteReader, read: () => unknown): BareStructure | undefined {
  const { progress } = io;
  const isFirst = !progress.isNoted;
  const before = progress.latest;
  progress.isNoted = true;
  try {
    // Where it is noted already that was done for the whole.
    if (isFirst) read();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  } finally {
    progress.isNoted = !isFirst;
  }
  return progress.latest === before ? undefined : progress.latest;
}

/** The byte order of a structure that chooses it when it is read. Throws UndecidedEndiannessError if it did not. */
export function decideEndian(isLe: boolean | undefined): boolean {
  if (isLe === undefined) throw new UndecidedEndiannessError();
  return isLe;
}

/**
 * A list for `count` records of `size` bytes, with room for as many as the bytes can contain: a count of them may
 * say more.
 */
export function listOf<T>(io: ByteReader, count: number, size: number): T[] {
  return new Array<T>(Math.max(0, Math.min(count, countToEnd(io, size))));
}

/**
 * How many whole elements of so many bytes are left; a rest is part of one more, which then is cut off, and so are
 * bits.
 */
export function countToEnd(io: ByteReader, size: number): number {
  return io.isEof() ? 0 : Math.max(1, Math.ceil(io.remaining / size));
}

/** Elements that take no bytes may come this often in a row; more is an endless loop, or an attack. */
const MOST_EMPTY_ELEMENTS = 65_536;

/** Ends loops that read nothing. */
export class LoopGuard {
  readonly #io: ByteReader;
  readonly #most: number;
  #last = -1;
  #idle = 0;

  /** `counted` elements may be empty all the same: as many as the whole input has bytes can be for parts of it. */
  constructor(io: ByteReader, counted = 0) {
    this.#io = io;
    this.#most = Math.max(MOST_EMPTY_ELEMENTS, counted);
  }

  /** Called before each element. Throws ConversionError when too many of them were empty. */
  step(): void {
    const now = this.#io.at * 8 - this.#io.bitsLeft;
    this.#idle = now === this.#last ? this.#idle + 1 : 0;
    this.#last = now;
    if (this.#idle > this.#most) throw new ConversionError(`more than ${this.#most} elements without a byte`);
  }
}

/** Drops what was computed from fields, because fields may have changed since. */
export function forgetValues(structure: BareStructure): void {
  const { instances = {} } = layoutOf(structure);
  for (const id of structure[KEPT]?.keys() ?? [])
    if (instances[id]?.type === 'value') structure[KEPT]?.delete(id);
}
