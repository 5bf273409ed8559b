import { bytesEqual, bytesStripRight, bytesTerminateMulti, bytesTrimMulti, indexOfUnit } from './bytes.ts';
import { DecodeError, EncodeError, isRooted, placed } from './errors.ts';
import type { BareStructure } from './bare-structure.ts';
import { forgetValues } from './reading.ts';

/** Called with the final size of the stream, where what was written depends on it. Throws EncodeError. */
export type EndCheck = (size: number) => void;

/** What the writer of a whole tree of structures hands on to the writers of its streams. */
export interface WritingWork {
  /** The bytes of a structure that has a stream of its own. */
  bytesOf(structure: object, size: number | undefined): Uint8Array;
}

/** A structure whose class can be written. */
export interface WrittenStructure extends BareStructure {
  /** Writes the fields in order, from where the writer is. */
  _write(io: ByteWriter): void;
}

/** Has the class of a structure a writer? */
export function isWritable(structure: WrittenStructure | undefined): structure is WrittenStructure {
  return typeof structure?._write === 'function';
}

/** One step of a path: a field, or an element of a list. */
function pathPart(field: string, index: number | undefined): string {
  return index === undefined ? field : `${field}[${index}]`;
}

/** An error of a part, as the one of the whole in which that part is at `start`. */
function inside(error: unknown, part: string, start: number): unknown {
  // What knows its field was thrown by reading, and knows it from the root on.
  if (error instanceof DecodeError)
    return error.field === undefined ? new EncodeError(error.detail, { field: part, offset: start }) : error;
  if (!(error instanceof EncodeError)) return error;
  const { field = '', offset = 0 } = error;
  const path = field === '' ? part : `${part}.${field}`;
  return placed(error, { field: isRooted(error) ? field : path, offset: start + offset });
}

/** How a field of a certain size says where its bytes end; with neither key they fill it. */
export interface FieldEnding {
  /** `terminator`: one byte, or one code unit of a wide encoding. */
  readonly terminator?: Uint8Array;
  /** `include`: the terminator belongs to the bytes. */
  readonly include?: boolean;
  /** `pad-right`. */
  readonly padByte?: number;
}

/** What a reader takes of a field. */
export function fieldContents(
  field: Uint8Array,
  { terminator, include = false, padByte }: FieldEnding,
): Uint8Array {
  if (terminator === undefined) return padByte === undefined ? field : bytesStripRight(field, padByte);
  if (padByte === undefined) return bytesTerminateMulti(field, terminator, include);
  return bytesTrimMulti(field, terminator, include, padByte);
}

/** Fills a field after its first `length` bytes. */
function finishField(
  field: Uint8Array,
  length: number,
  { terminator, include = false, padByte = 0 }: FieldEnding,
): void {
  const mark =
    terminator === undefined || include || length + terminator.length > field.length ? undefined : terminator;
  if (mark !== undefined) field.set(mark, length);
  field.fill(padByte, length + (mark?.length ?? 0));
}

/** Writers without work of their own write the structures inside of their own bytes all the same. */
const NO_WORK: WritingWork = {
  bytesOf(structure) {
    const io = new ByteWriter();
    (structure as WrittenStructure)._write(io);
    return io.toBytes();
  },
};

const FIRST_CAPACITY = 256;

/**
 * Writes a byte array in order, or anywhere after `seek`; the mirror of `ByteReader`.
 *
 * A field replaces exactly the bits it covers. What no field covers keeps the bytes the writer began with, zero where
 * it began with none: so a structure that was read can be written over its own bytes, and padding survives.
 */
export class ByteWriter {
  /** Next byte to write; past a byte as soon as its first bit is written. */
  pos = 0;
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #size: number;
  /** Length of the stream; -1 where it is not known, so that no field ends there. */
  readonly #streamSize: number;
  /** Does the structure that contains the stream say how long it is? */
  readonly #isBounded: boolean;
  readonly #residueSize: number;
  /** Where in its stream the first byte is. */
  readonly origin: number;
  /** What else is to be written into the stream and those inside of it. */
  readonly work: WritingWork | undefined;
  #checks: EndCheck[] = [];
  /** End of what was written so far. */
  #reached = 0;
  #bitsLeft = 0;
  /** Lowest of the bits of the current byte that are still to be written. */
  #lowestBit = 0;

  /**
   * Begins with a copy of `residue`, at most `streamSize` bytes of it. `streamSize` is the least length of the
   * result, and where fields that reach to the end of the stream end; without it they end with the residue, or with
   * their own bytes. `origin` is where in the stream the first byte is, for a structure that is written without the
   * one around it. `isBounded` says that the stream has just that size.
   */
  constructor(
    residue?: Uint8Array,
    streamSize: number = residue?.length ?? -1,
    origin = 0,
    isBounded = false,
    work?: WritingWork,
  ) {
    this.origin = origin;
    this.#isBounded = isBounded;
    this.work = work;
    this.#size = Math.max(0, streamSize);
    this.#streamSize = streamSize;
    this.#residueSize = Math.min(residue?.length ?? 0, this.#size);
    this.#bytes = new Uint8Array(Math.max(FIRST_CAPACITY, this.#size));
    this.#view = new DataView(this.#bytes.buffer);
    if (residue !== undefined) this.#bytes.set(residue.subarray(0, this.#residueSize));
  }

  /** Where in the stream the next byte is: what `_io.pos` says when it is read. */
  get position(): number {
    return this.origin + this.pos;
  }

  /** Bytes so far: the stream's length, or the end of what was written past it. */
  get size(): number {
    return this.#size;
  }

  /** Bits of the byte before `pos` that are still to be written, 0 to 7. */
  get bitsLeft(): number {
    return this.#bitsLeft;
  }

  /** Moves to a byte from the start; what is between the end and a field written past it is zero. */
  seek(pos: number): void {
    if (!Number.isSafeInteger(pos) || pos < 0) this.#refuse(`cannot seek to position ${pos}`);
    this.pos = pos;
    this.alignToByte();
  }

  /** Leaves the rest of a byte that was written in part as it is. */
  alignToByte(): void {
    this.#bitsLeft = 0;
  }

  /** All bytes, in memory of their own. */
  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#size);
  }

  writeU1(value: number, field?: string, index?: number): void {
    if (!isUnsigned(value, 0xff)) this.#refuse(notUnsigned(value, 0xff), field, index);
    this.#advance(1).setUint8(this.pos - 1, value);
  }

  writeU2le(value: number, field?: string, index?: number): void {
    if (!isUnsigned(value, 0xffff)) this.#refuse(notUnsigned(value, 0xffff), field, index);
    this.#advance(2).setUint16(this.pos - 2, value, true);
  }

  writeU2be(value: number, field?: string, index?: number): void {
    if (!isUnsigned(value, 0xffff)) this.#refuse(notUnsigned(value, 0xffff), field, index);
    this.#advance(2).setUint16(this.pos - 2, value);
  }

  writeU4le(value: number, field?: string, index?: number): void {
    if (!isUnsigned(value, 0xffffffff)) this.#refuse(notUnsigned(value, 0xffffffff), field, index);
    this.#advance(4).setUint32(this.pos - 4, value, true);
  }

  writeU4be(value: number, field?: string, index?: number): void {
    if (!isUnsigned(value, 0xffffffff)) this.#refuse(notUnsigned(value, 0xffffffff), field, index);
    this.#advance(4).setUint32(this.pos - 4, value);
  }

  writeU8le(value: bigint, field?: string, index?: number): void {
    if (!isUnsignedBig(value, 64)) this.#refuse(notUnsignedBig(value, 64), field, index);
    this.#advance(8).setBigUint64(this.pos - 8, value, true);
  }

  writeU8be(value: bigint, field?: string, index?: number): void {
    if (!isUnsignedBig(value, 64)) this.#refuse(notUnsignedBig(value, 64), field, index);
    this.#advance(8).setBigUint64(this.pos - 8, value);
  }

  writeS1(value: number, field?: string, index?: number): void {
    if (!isSigned(value, 0x7f)) this.#refuse(notSigned(value, 0x7f), field, index);
    this.#advance(1).setInt8(this.pos - 1, value);
  }

  writeS2le(value: number, field?: string, index?: number): void {
    if (!isSigned(value, 0x7fff)) this.#refuse(notSigned(value, 0x7fff), field, index);
    this.#advance(2).setInt16(this.pos - 2, value, true);
  }

  writeS2be(value: number, field?: string, index?: number): void {
    if (!isSigned(value, 0x7fff)) this.#refuse(notSigned(value, 0x7fff), field, index);
    this.#advance(2).setInt16(this.pos - 2, value);
  }

  writeS4le(value: number, field?: string, index?: number): void {
    if (!isSigned(value, 0x7fffffff)) this.#refuse(notSigned(value, 0x7fffffff), field, index);
    this.#advance(4).setInt32(this.pos - 4, value, true);
  }

  writeS4be(value: number, field?: string, index?: number): void {
    if (!isSigned(value, 0x7fffffff)) this.#refuse(notSigned(value, 0x7fffffff), field, index);
    this.#advance(4).setInt32(this.pos - 4, value);
  }

  writeS8le(value: bigint, field?: string, index?: number): void {
    if (!isSignedBig(value)) this.#refuse(notSignedBig(value), field, index);
    this.#advance(8).setBigInt64(this.pos - 8, value, true);
  }

  writeS8be(value: bigint, field?: string, index?: number): void {
    if (!isSignedBig(value)) this.#refuse(notSignedBig(value), field, index);
    this.#advance(8).setBigInt64(this.pos - 8, value);
  }

  writeF4le(value: number, field?: string, index?: number): void {
    if (!isFloat32(value)) this.#refuse(notFloat(value, 32), field, index);
    this.#advance(4).setFloat32(this.pos - 4, value, true);
  }

  writeF4be(value: number, field?: string, index?: number): void {
    if (!isFloat32(value)) this.#refuse(notFloat(value, 32), field, index);
    this.#advance(4).setFloat32(this.pos - 4, value);
  }

  writeF8le(value: number, field?: string, index?: number): void {
    if (!isFloat64(value)) this.#refuse(notFloat(value, 64), field, index);
    this.#advance(8).setFloat64(this.pos - 8, value, true);
  }

  writeF8be(value: number, field?: string, index?: number): void {
    if (!isFloat64(value)) this.#refuse(notFloat(value, 64), field, index);
    this.#advance(8).setFloat64(this.pos - 8, value);
  }

  /** `count` bits (0 to 32), the most significant first. */
  writeBitsIntBe(count: number, value: number, field?: string, index?: number): void {
    if (!isUnsigned(value, 2 ** count - 1)) this.#refuse(notUnsigned(value, 2 ** count - 1), field, index);
    this.#writeBitsBe(count, BigInt(value));
  }

  /** `count` bits (0 to 32), the least significant first. */
  writeBitsIntLe(count: number, value: number, field?: string, index?: number): void {
    if (!isUnsigned(value, 2 ** count - 1)) this.#refuse(notUnsigned(value, 2 ** count - 1), field, index);
    this.#writeBitsLe(count, BigInt(value));
  }

  /** `count` bits (0 to 64), the most significant first. */
  writeBitsIntBe64(count: number, value: bigint, field?: string, index?: number): void {
    if (!isUnsignedBig(value, count)) this.#refuse(notUnsignedBig(value, count), field, index);
    this.#writeBitsBe(count, value);
  }

  /** `count` bits (0 to 64), the least significant first. */
  writeBitsIntLe64(count: number, value: bigint, field?: string, index?: number): void {
    if (!isUnsignedBig(value, count)) this.#refuse(notUnsignedBig(value, count), field, index);
    this.#writeBitsLe(count, value);
  }

  /** All of `bytes`. */
  writeBytes(bytes: Uint8Array, field?: string, index?: number): void {
    if (!ArrayBuffer.isView(bytes)) this.#refuse(`${typeof bytes} is no bytes`, field, index);
    this.#advance(bytes.length);
    this.#bytes.set(bytes, this.pos - bytes.length);
  }

  /**
   * A field of `size` bytes. Shorter bytes need an `ending` that tells them from the rest: the rest keeps its residue
   * where there is one that ends the bytes already, else it is written.
   *
   * @throws EncodeError where a reader would not get the same bytes back.
   */
  writeBytesLimit(
    bytes: Uint8Array,
    size: number,
    ending: FieldEnding = {},
    field?: string,
    index?: number,
  ): void {
    const start = this.pos;
    this.writeSubstream(bytes, size, field, index);
    const place = this.#bytes.subarray(start, start + size);
    const isOld = this.pos <= this.#residueSize;
    if (isOld && bytesEqual(fieldContents(place, ending), bytes)) return;
    finishField(place, bytes.length, ending);
    if (bytesEqual(fieldContents(place, ending), bytes)) return;
    this.pos = start;
    this.#refuse(
      `${bytes.length} bytes cannot be told from the rest of their field of ${size} bytes`,
      field,
      index,
    );
  }

  /**
   * A field that reaches to the end of the stream, where that is known and further than the bytes.
   *
   * @throws EncodeError as `writeBytesLimit`.
   */
  writeBytesFull(bytes: Uint8Array, ending: FieldEnding = {}, field?: string, index?: number): void {
    const isWhole = bytesEqual(fieldContents(bytes, ending), bytes);
    const least = isWhole ? bytes.length : bytes.length + (ending.terminator?.length ?? 0);
    const isEnded = ending.terminator !== undefined || ending.padByte !== undefined;
    const size = Math.max(least, isEnded ? this.#streamSize - this.pos : 0);
    this.writeBytesLimit(bytes, size, ending, field, index);
    this.expectEnd(field, index);
  }

  /**
   * A field whose size depends on that of the stream: `sizeOf` computes it from the stream's size and the field's
   * position. The bytes are written as they are, or, where an `ending` tells where they end, to the size that the
   * stream has had so far; at the end of the stream the size must be what was written.
   */
  writeBytesOpen(
    bytes: Uint8Array,
    sizeOf: (streamSize: number, pos: number) => number,
    ending: FieldEnding = {},
    field?: string,
    index?: number,
  ): void {
    const { position } = this;
    const size = this.openSize(sizeOf, bytes.length, ending);
    this.writeBytesLimit(bytes, size, ending, field, index);
    this.atEnd((streamSize) => {
      const wanted = sizeOf(streamSize, position);
      if (wanted !== size)
        throw this.#refusal(
          `${size} bytes were written, but ${wanted} would be read`,
          field,
          index,
          position,
        );
    });
  }

  /** The size that `writeBytesOpen` gives a field: that of the bytes, where nothing tells them from what follows. */
  openSize(
    sizeOf: (streamSize: number, pos: number) => number,
    length: number,
    { terminator, padByte }: FieldEnding = {},
  ): number {
    if (terminator === undefined && padByte === undefined) return length;
    if (this.#streamSize < 0) return length + (terminator?.length ?? 0);
    return Math.max(0, sizeOf(this.origin + this.#streamSize, this.position));
  }

  /** The bytes of a structure that has a stream of its own; what it leaves of its `size` bytes keeps its residue. */
  writeSubstream(bytes: Uint8Array, size: number, field?: string, index?: number): void {
    if (!ArrayBuffer.isView(bytes)) this.#refuse(`${typeof bytes} is no bytes`, field, index);
    if (bytes.length > size)
      this.#refuse(`${bytes.length} bytes do not fit a field of ${size}`, field, index);
    const start = this.pos;
    this.#advance(size);
    this.#bytes.set(bytes, start);
  }

  /** A structure that has no stream of its own. */
  writeStructure(structure: WrittenStructure, field: string, index?: number): void {
    if (!isWritable(structure)) this.#refuse('the value is no structure that can be written', field, index);
    forgetValues(structure);
    try {
      structure._write(this);
    } catch (error) {
      throw inside(error, pathPart(field, index), 0);
    }
  }

  /**
   * The bytes of a structure that has a stream of its own, of `size` bytes where that is known; they are still to
   * be written.
   */
  bytesOf(structure: WrittenStructure, size: number | undefined, field: string, index?: number): Uint8Array {
    if (!isWritable(structure)) this.#refuse('the value is no structure that can be written', field, index);
    try {
      return (this.work ?? NO_WORK).bytesOf(structure, size);
    } catch (error) {
      throw inside(error, pathPart(field, index), this.position);
    }
  }

  /**
   * Bytes that end with a terminator, the mirror of `readBytesTerm`.
   *
   * @throws EncodeError where the terminator is among the bytes, or `include` is set and it is not their end.
   */
  writeBytesTerm(
    bytes: Uint8Array,
    terminator: number,
    include: boolean,
    consume: boolean,
    eosError: boolean,
    field?: string,
    index?: number,
  ): void {
    this.writeBytesTermMulti(bytes, Uint8Array.of(terminator), include, consume, eosError, field, index);
  }

  /** As `writeBytesTerm`, for a terminator of several bytes. */
  writeBytesTermMulti(
    bytes: Uint8Array,
    terminator: Uint8Array,
    include: boolean,
    consume: boolean,
    eosError: boolean,
    field?: string,
    index?: number,
  ): void {
    const found = indexOfUnit(bytes, terminator);
    const mayLack = !eosError && found < 0;
    const isInPlace = include ? found >= 0 && found === bytes.length - terminator.length : found < 0;
    if (!isInPlace && !mayLack)
      this.#refuse('a terminated field has its terminator in the wrong place', field, index);
    const start = this.position;
    this.writeBytes(bytes, field, index);
    const isEnded = include || (mayLack && this.pos === this.#streamSize);
    if (isEnded && mayLack) this.#expectLast(start, field, index);
    if (!isEnded) this.writeBytes(terminator);
    if (consume || (isEnded && found < 0)) return;
    this.pos -= terminator.length;
    this.#expectKept(terminator, start, field, index);
  }

  /** What has no terminator must be the last thing in its stream. */
  #expectLast(start: number, field: string | undefined, index: number | undefined): void {
    const end = this.position;
    this.atEnd((size) => {
      if (size > end)
        throw this.#refusal('it has no terminator, and is not the end of the stream', field, index, start);
    });
  }

  /** A terminator that belongs to what follows must still be there when that is written. */
  #expectKept(bytes: Uint8Array, start: number, field: string | undefined, index: number | undefined): void {
    const at = this.pos;
    this.atEnd(() => {
      if (!bytesEqual(this.bytesAt(at, bytes.length), bytes))
        throw this.#refusal('what follows it overwrites its terminator', field, index, start);
    });
  }

  /** What is under the next `size` bytes, or up to the end of the residue; less where there is less. A view. */
  residue(size: number = this.#residueSize): Uint8Array {
    const end = Math.min(this.pos + size, this.#residueSize);
    return this.#bytes.subarray(Math.min(this.pos, end), end);
  }

  /**
   * Called after what reaches to the end of the stream.
   *
   * @throws EncodeError where the stream is known to be longer, or ends within a byte, since a reader would find
   *   more there.
   */
  expectEnd(field?: string, index?: number): void {
    if (this.#bitsLeft > 0) this.#refuse(`${this.#bitsLeft} bits are left behind it`, field, index);
    if (this.#isBounded && this.pos < this.#streamSize)
      this.#refuse(`${this.#streamSize - this.pos} bytes are left behind it`, field, index);
  }

  /** Has `check` called with the size of the stream as soon as that is known. */
  atEnd(check: EndCheck): void {
    this.#checks.push(check);
  }

  /**
   * Ends the stream with what was written, and `rest` after the position; the checks that waited are still to be
   * made.
   */
  cutAt(rest: Uint8Array): void {
    // A terminator that was not moved past is the first part of the rest.
    const ahead = Math.max(0, this.#reached - this.pos);
    this.#size = this.pos += ahead;
    this.writeBytes(rest.subarray(ahead));
  }

  /** Makes the checks that waited for the size of the stream. */
  finish(): void {
    const size = this.#isBounded ? Math.max(this.#size, this.#streamSize) : this.#size;
    for (const check of this.#checks) check(this.origin + size);
  }

  /** Has the checks that waited made by the writer of the stream that these bytes are a part of. */
  finishWith(io: ByteWriter): void {
    for (const check of this.#checks) io.atEnd(check);
  }

  /** What was written at a place, as far as there is anything. A view. */
  bytesAt(start: number, length: number): Uint8Array {
    return this.#bytes.subarray(Math.min(start, this.#size), Math.min(start + length, this.#size));
  }

  /** Throws the error of a value that cannot be written, with its field and its place. */
  refuse(message: string, field?: string, index?: number): never {
    return this.#refuse(message, field, index);
  }

  #refuse(message: string, field?: string, index?: number): never {
    throw this.#refusal(message, field, index, this.position);
  }

  #refusal(
    message: string,
    field: string | undefined,
    index: number | undefined,
    offset: number,
  ): EncodeError {
    return new EncodeError(message, {
      offset,
      ...(field === undefined ? {} : { field: pathPart(field, index) }),
    });
  }

  #writeBitsBe(count: number, value: bigint): void {
    for (let rest = count; rest > 0;) {
      const left = this.#openByte();
      const part = Math.min(rest, left);
      rest -= part;
      this.#mergeBits(this.#lowestBit + left - part, part, Number((value >> BigInt(rest)) & 0xffn));
    }
  }

  #writeBitsLe(count: number, value: bigint): void {
    for (let done = 0; done < count;) {
      const left = this.#openByte();
      const part = Math.min(count - done, left);
      this.#mergeBits(this.#lowestBit, part, Number((value >> BigInt(done)) & 0xffn));
      this.#lowestBit += part;
      done += part;
    }
  }

  /** How many bits the current byte still takes; moves on to the next byte where there are none. */
  #openByte(): number {
    if (this.#bitsLeft === 0) {
      this.#advance(1);
      this.#bitsLeft = 8;
      this.#lowestBit = 0;
    }
    return this.#bitsLeft;
  }

  /** Replaces `count` bits of the current byte, `shift` bits above its lowest one. */
  #mergeBits(shift: number, count: number, bits: number): void {
    const mask = ((1 << count) - 1) << shift;
    const at = this.pos - 1;
    this.#bytes[at] = ((this.#bytes[at] ?? 0) & ~mask) | ((bits << shift) & mask);
    this.#bitsLeft -= count;
  }

  /** Moves past `length` bytes and makes room for them; the view returned stays valid after the buffer has moved. */
  #advance(length: number): DataView {
    this.pos += length;
    if (this.pos > this.#bytes.length) this.#grow(this.pos);
    this.#size = Math.max(this.#size, this.pos);
    this.#reached = Math.max(this.#reached, this.pos);
    this.#bitsLeft = 0;
    return this.#view;
  }

  #grow(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

function isUnsigned(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max;
}

function notUnsigned(value: number, max: number): string {
  return `${value} is not an integer from 0 to ${max}`;
}

function isSigned(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= -max - 1 && value <= max;
}

function notSigned(value: number, max: number): string {
  return `${value} is not an integer from ${-max - 1} to ${max}`;
}

function isUnsignedBig(value: bigint, bits: number): boolean {
  return typeof value === 'bigint' && value === BigInt.asUintN(bits, value);
}

function notUnsignedBig(value: bigint, bits: number): string {
  return `${value} is not an unsigned bigint of ${bits} bits`;
}

function isSignedBig(value: bigint): boolean {
  return typeof value === 'bigint' && value === BigInt.asIntN(64, value);
}

function notSignedBig(value: bigint): string {
  return `${value} is not a signed bigint of 64 bits`;
}

function isFloat64(value: number): boolean {
  return typeof value === 'number';
}

/** A number that is too large for 32-bit floats would become infinite. */
function isFloat32(value: number): boolean {
  return typeof value === 'number' && Number.isFinite(value) === Number.isFinite(Math.fround(value));
}

function notFloat(value: number, bits: number): string {
  return `${value} is not a float of ${bits} bits`;
}
