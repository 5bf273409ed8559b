import type { BareStructure } from './bare-structure.ts';
import type { BreachSink } from './breach.ts';
import { indexOfUnit } from './bytes.ts';
import { ConversionError, EndOfStreamError, NoTerminatorFoundError } from './errors.ts';
import type { ValidationError } from './validation.ts';

/**
 * Names and sizes of the fields of one fixed-size run, in order: what `reserve` needs to say which one was cut off.
 */
export type RunLayout = readonly (readonly [field: string, size: number])[];

/**
 * Widest bit field that, with the 7 bits that may precede it, fits JavaScript's 32-bit integers without their sign.
 */
const MOST_BITS = 24;

/** A position, and within a byte also how many bits of that are left, and which. */
export type Standing = number | readonly [at: number, bitsLeft: number, bits: number];

/** What a reader needs to know about its bytes beside the bytes themselves. */
export interface ReaderOptions {
  /** Offset of the first byte within the outermost buffer; 0 where absent. */
  readonly base?: number;
  /** Takes failed checks, and reading goes on; where absent the first failed check is thrown. */
  readonly sink?: BreachSink;
  /** The reader whose bytes contain these; absent for a reader of whole inputs. */
  readonly within?: ByteReader;
}

const NO_OPTIONS: ReaderOptions = {};

/** How far the reading of an input has come. */
interface Progress {
  /** Is it noted? That is done only once more after an error, to find out where it happened: noting takes time. */
  isNoted: boolean;
  /** The structure that was begun last. */
  latest: BareStructure | undefined;
}

/**
 * Bytes that several streams are parts of: they share the view, and a stream of a few bytes is no more than two
 * limits.
 */
class Memory {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Offset of the first byte within the outermost buffer. */
  readonly base: number;
  readonly sink: BreachSink | undefined;
  /** How far the reading of the whole input has come: that of the memory which others were unpacked from. */
  readonly progress: Progress;
  isNoted = false;
  latest: BareStructure | undefined = undefined;

  constructor(bytes: Uint8Array, base: number, sink: BreachSink | undefined, progress: Progress | undefined) {
    const { buffer, byteOffset, byteLength } = bytes;
    this.bytes = bytes.constructor === Uint8Array ? bytes : new Uint8Array(buffer, byteOffset, byteLength);
    this.view = new DataView(buffer, byteOffset, byteLength);
    this.base = base;
    this.sink = sink;
    this.progress = progress ?? this;
  }
}

/**
 * Reads a byte array in order, or anywhere after `seek`, under the names of Kaitai's stream API.
 *
 * Every read is checked against the end and throws `EndOfStreamError` past it. Byte arrays come back as views of
 * the input, never as copies: the caller keeps the input unchanged for as long as it uses them.
 */
export class ByteReader {
  /** The memory that the stream is a part of: from `start` to `end`. */
  readonly bytes: Uint8Array;
  /** The same memory, for callers that checked a run with `reserve` and read its fields directly. */
  readonly view: DataView;
  /** Where in the memory the stream begins. */
  readonly start: number;
  /** Where in the memory the stream ends. */
  readonly end: number;
  /** Where in the memory the next byte to read is; past a byte as soon as its first bit is read. */
  at: number;
  readonly #memory: Memory;
  #bits = 0;
  #bitsLeft = 0;

  constructor(bytes: Uint8Array, options?: ReaderOptions);
  /** A part of memory that another reader reads. */
  constructor(memory: Memory, start: number, end: number);
  constructor(source: Uint8Array | Memory, start: ReaderOptions | number = NO_OPTIONS, end = 0) {
    const memory = source instanceof Memory ? source : memoryFor(source, start);
    this.#memory = memory;
    this.bytes = memory.bytes;
    this.view = memory.view;
    this.start = this.at = typeof start === 'number' ? start : 0;
    this.end = typeof start === 'number' ? end : memory.bytes.length;
  }

  /** Length of the stream in bytes. */
  get size(): number {
    return this.end - this.start;
  }

  /** Next byte to read, from the start of the stream; past a byte as soon as its first bit is read. */
  get pos(): number {
    return this.at - this.start;
  }

  /** Offset of the first byte of the stream within the outermost buffer. */
  get base(): number {
    return this.#memory.base + this.start;
  }

  /** Offset of the first byte of the memory within the outermost buffer. */
  get origin(): number {
    return this.#memory.base;
  }

  /** Where failed checks go; `undefined` means they are thrown. */
  get sink(): BreachSink | undefined {
    return this.#memory.sink;
  }

  /** Bytes from the position to the end; 0 after a seek past it. */
  get remaining(): number {
    return Math.max(0, this.end - this.at);
  }

  /** Offset of the position within the outermost buffer. */
  get offset(): number {
    return this.#memory.base + this.at;
  }

  /** Bits of the byte before `pos` that are still to be read, 0 to 7. */
  get bitsLeft(): number {
    return this.#bitsLeft;
  }

  /** Where in the memory the next bit to read is. */
  get bit(): number {
    return this.at * 8 - this.#bitsLeft;
  }

  /** Is there nothing left to read, not even a bit? */
  isEof(): boolean {
    return this.#bitsLeft === 0 && this.at >= this.end;
  }

  /**
   * Moves to a byte from the start. Beyond the end is allowed, reading there is not.
   *
   * @throws ConversionError where the position is negative or no integer.
   */
  seek(pos: number): void {
    if (!Number.isInteger(pos) || pos < 0) cannotSeek(pos);
    this.at = this.start + pos;
    this.#bitsLeft = 0;
  }

  /** Where the reader is, within a byte too: what `goBack` takes. */
  get standing(): Standing {
    return this.#bitsLeft === 0 ? this.pos : [this.at, this.#bitsLeft, this.#bits];
  }

  /** Goes where the reader was before. */
  goBack(standing: Standing): void {
    if (typeof standing === 'number') this.seek(standing);
    else [this.at, this.#bitsLeft, this.#bits] = standing;
  }

  /** Drops the rest of a byte that was read in part. */
  alignToByte(): void {
    this.#bitsLeft = 0;
  }

  /**
   * Checks a whole run of fields at once, moves past it and returns where it starts: `view` may then be read directly.
   *
   * @throws EndOfStreamError naming the first field of `layout` that does not fit.
   */
  reserve(length: number, layout?: RunLayout): number {
    const start = this.at;
    if (start + length > this.end) throw this.#cutOff(length, layout);
    this.at = start + length;
    this.#bitsLeft = 0;
    return start;
  }

  /** Notes that a structure is being read from here on, where that is wanted. */
  begin(structure: BareStructure): void {
    const { progress } = this.#memory;
    if (progress.isNoted) progress.latest = structure;
  }

  /** Hands a failed check to the sink; throws it where there is none. */
  report(error: ValidationError): void {
    const { sink } = this.#memory;
    if (sink === undefined) throw error;
    sink(error.breach);
  }

  /**
   * A reader of its own for the next `length` bytes, which this one skips. Positions start again at 0.
   *
   * @throws ConversionError where the length is negative or no integer.
   */
  substream(length: number): ByteReader {
    if (!Number.isInteger(length) || length < 0) cannotRead(length);
    const start = length === 0 ? this.#here() : this.reserve(length);
    return new ByteReader(this.#memory, start, start + length);
  }

  /** A reader of its own for all bytes to the end. */
  restStream(): ByteReader {
    return this.substream(this.remaining);
  }

  /**
   * A reader for other bytes with this one's sink. Bytes that are a part of the same memory know their own offset;
   * of others, unpacked ones for example, `base` says where they came from.
   */
  over(bytes: Uint8Array, base?: number): ByteReader {
    const start = bytes.byteOffset - this.bytes.byteOffset;
    const isPart = bytes.buffer === this.bytes.buffer && base === undefined;
    if (isPart && start >= 0 && start + bytes.length <= this.bytes.length)
      return new ByteReader(this.#memory, start, start + bytes.length);
    const { sink } = this;
    return new ByteReader(bytes, {
      base: base ?? this.offset,
      within: this,
      ...(sink === undefined ? {} : { sink }),
    });
  }

  /**
   * A reader for bytes that were unpacked from those at `base`, which comes first so that it can be asked for
   * before they are read.
   */
  unpacked(base: number, bytes: Uint8Array): ByteReader {
    return this.over(bytes, base);
  }

  /** What this reader has in common with those for other bytes. */
  get progress(): Progress {
    return this.#memory.progress;
  }

  readU1(): number {
    return this.view.getUint8(this.reserve(1));
  }

  readU2le(): number {
    return this.view.getUint16(this.reserve(2), true);
  }

  readU2be(): number {
    return this.view.getUint16(this.reserve(2));
  }

  readU4le(): number {
    return this.view.getUint32(this.reserve(4), true);
  }

  readU4be(): number {
    return this.view.getUint32(this.reserve(4));
  }

  readU8le(): bigint {
    return this.view.getBigUint64(this.reserve(8), true);
  }

  readU8be(): bigint {
    return this.view.getBigUint64(this.reserve(8));
  }

  readS1(): number {
    return this.view.getInt8(this.reserve(1));
  }

  readS2le(): number {
    return this.view.getInt16(this.reserve(2), true);
  }

  readS2be(): number {
    return this.view.getInt16(this.reserve(2));
  }

  readS4le(): number {
    return this.view.getInt32(this.reserve(4), true);
  }

  readS4be(): number {
    return this.view.getInt32(this.reserve(4));
  }

  readS8le(): bigint {
    return this.view.getBigInt64(this.reserve(8), true);
  }

  readS8be(): bigint {
    return this.view.getBigInt64(this.reserve(8));
  }

  readF4le(): number {
    return this.view.getFloat32(this.reserve(4), true);
  }

  readF4be(): number {
    return this.view.getFloat32(this.reserve(4));
  }

  readF8le(): number {
    return this.view.getFloat64(this.reserve(8), true);
  }

  readF8be(): number {
    return this.view.getFloat64(this.reserve(8));
  }

  /** The next `count` bits (0 to 32), the most significant first. */
  readBitsIntBe(count: number): number {
    this.#takeBits(count);
    if (count > MOST_BITS) return this.readBitsIntBe(count - 16) * 0x10000 + this.readBitsIntBe(16);
    let bits = this.#bits;
    let have = this.#bitsLeft;
    for (; have < count; have += 8) bits = (bits << 8) | this.#nextByte();
    this.#bitsLeft = have - count;
    this.#bits = bits & ((1 << this.#bitsLeft) - 1);
    return bits >>> this.#bitsLeft;
  }

  /** The next `count` bits (0 to 32), the least significant first. */
  readBitsIntLe(count: number): number {
    this.#takeBits(count);
    if (count > MOST_BITS) return this.readBitsIntLe(16) + this.readBitsIntLe(count - 16) * 0x10000;
    let bits = this.#bits;
    let have = this.#bitsLeft;
    for (; have < count; have += 8) bits |= this.#nextByte() << have;
    this.#bitsLeft = have - count;
    this.#bits = bits >>> count;
    return bits & ((1 << count) - 1);
  }

  /** The next `count` bits (0 to 64), the most significant first. */
  readBitsIntBe64(count: number): bigint {
    this.#takeBits(count);
    const low = Math.min(count, 32);
    const highPart = BigInt(this.readBitsIntBe(count - low));
    return (highPart << 32n) | BigInt(this.readBitsIntBe(low));
  }

  /** The next `count` bits (0 to 64), the least significant first. */
  readBitsIntLe64(count: number): bigint {
    this.#takeBits(count);
    const low = Math.min(count, 32);
    const lowPart = BigInt(this.readBitsIntLe(low));
    return (BigInt(this.readBitsIntLe(count - low)) << 32n) | lowPart;
  }

  /** Moves past bits that are there, the most significant first. */
  skipBitsBe(count: number): void {
    this.#skipBits(count);
    this.#bits = this.#byteBefore() & ((1 << this.#bitsLeft) - 1);
  }

  /** Moves past bits that are there, the least significant first. */
  skipBitsLe(count: number): void {
    this.#skipBits(count);
    this.#bits = this.#byteBefore() >>> (8 - this.#bitsLeft);
  }

  #skipBits(count: number): void {
    const bytes = Math.ceil((count - this.#bitsLeft) / 8);
    this.#bitsLeft += bytes * 8 - count;
    this.at += bytes;
  }

  #byteBefore(): number {
    return this.#bitsLeft === 0 ? 0 : this.view.getUint8(this.at - 1);
  }

  /**
   * The next `length` bytes, as a view of the input.
   *
   * @throws ConversionError where the length is negative or no integer.
   */
  readBytes(length: number): Uint8Array {
    if (!Number.isInteger(length) || length < 0) cannotRead(length);
    const start = length === 0 ? this.#here() : this.reserve(length);
    return this.bytes.subarray(start, start + length);
  }

  /** All bytes to the end, as a view of the input. */
  readBytesFull(): Uint8Array {
    return this.readBytes(this.remaining);
  }

  /**
   * The bytes up to a terminator, as a view of the input.
   *
   * @param include keep the terminator at the end of the result
   * @param consume move past the terminator
   * @param eosError throw `NoTerminatorFoundError` where the stream ends first; otherwise its end ends the field
   */
  readBytesTerm(terminator: number, include: boolean, consume: boolean, eosError: boolean): Uint8Array {
    const found = this.#indexOf(terminator);
    return this.#upTo(found, Uint8Array.of(terminator), include, consume, eosError);
  }

  /** As `readBytesTerm`, for a terminator of several bytes that counts only at a multiple of its own length. */
  readBytesTermMulti(
    terminator: Uint8Array,
    include: boolean,
    consume: boolean,
    eosError: boolean,
  ): Uint8Array {
    const found = indexOfUnit(this.bytes.subarray(this.at, Math.max(this.at, this.end)), terminator);
    return this.#upTo(found < 0 ? -1 : this.at + found, terminator, include, consume, eosError);
  }

  /** Not past the end: what is after it may be long, and is searched by others. */
  #indexOf(byte: number): number {
    const { bytes, at, end } = this;
    if (end === bytes.length) return bytes.indexOf(byte, at);
    const found = bytes.subarray(at, Math.max(at, end)).indexOf(byte);
    return found < 0 ? -1 : at + found;
  }

  #upTo(
    found: number,
    terminator: Uint8Array,
    include: boolean,
    consume: boolean,
    eosError: boolean,
  ): Uint8Array {
    if (found < 0) {
      if (eosError) throw new NoTerminatorFoundError(terminator, this.remaining, { offset: this.offset });
      return this.readBytesFull();
    }
    const start = this.at;
    const after = found + terminator.length;
    this.at = consume ? after : found;
    this.#bitsLeft = 0;
    return this.bytes.subarray(start, include ? after : found);
  }

  /** Where nothing is read, within the memory also after a seek past its end. */
  #here(): number {
    this.alignToByte();
    return Math.min(this.at, this.end);
  }

  /** Makes sure, before the position moves, that all bytes of a bit field are there. */
  #takeBits(count: number): void {
    if (this.#bitsLeft === 0) this.#bits = 0;
    const length = Math.ceil((count - this.#bitsLeft) / 8);
    if (length > 0 && this.at + length > this.end) throw this.#cutOff(length);
  }

  #nextByte(): number {
    const byte = this.view.getUint8(this.at);
    this.at += 1;
    return byte;
  }

  #cutOff(length: number, layout: RunLayout = []): EndOfStreamError {
    let start = this.at;
    for (const [field, size] of layout) {
      if (start + size > this.end) return this.#shortage(start, size, field);
      start += size;
    }
    return this.#shortage(this.at, length);
  }

  #shortage(start: number, length: number, field?: string): EndOfStreamError {
    const offset = this.#memory.base + start;
    const available = Math.max(0, this.end - start);
    return new EndOfStreamError(length, available, field === undefined ? { offset } : { offset, field });
  }
}

function memoryFor(bytes: Uint8Array, options: ReaderOptions | number): Memory {
  const { base = 0, sink, within } = typeof options === 'number' ? {} : options;
  return new Memory(bytes, base, sink, within?.progress);
}

function cannotRead(length: number): never {
  throw new ConversionError(`cannot read ${length} bytes`);
}

function cannotSeek(pos: number): never {
  throw new ConversionError(`cannot seek to position ${pos}`);
}
