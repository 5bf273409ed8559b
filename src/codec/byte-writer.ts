import { bytesEqual, bytesStripRight, bytesTerminateMulti, bytesTrimMulti, indexOfUnit } from './bytes.ts';
import { EncodeError } from './errors.ts';

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

/** Fills a field behind its first `length` bytes. */
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
  readonly #residueSize: number;
  /** Where in its stream the first byte is. */
  readonly #origin: number;
  #bitsLeft = 0;
  /** Lowest of the bits of the current byte that are still to be written. */
  #lowestBit = 0;

  /**
   * Begins with a copy of `residue`, at most `streamSize` bytes of it. `streamSize` is the least length of the result, and where fields that
   * reach to the end of the stream end; without it they end with the residue, or with their own bytes. `origin` is where in the stream the
   * first byte is, for a structure that is written without the one around it.
   */
  constructor(residue?: Uint8Array, streamSize: number = residue?.length ?? -1, origin = 0) {
    this.#origin = origin;
    this.#size = Math.max(0, streamSize);
    this.#streamSize = streamSize;
    this.#residueSize = Math.min(residue?.length ?? 0, this.#size);
    this.#bytes = new Uint8Array(Math.max(FIRST_CAPACITY, this.#size));
    this.#view = new DataView(this.#bytes.buffer);
    if (residue !== undefined) this.#bytes.set(residue.subarray(0, this.#residueSize));
  }

  /** Where in the stream the next byte is: what `_io.pos` says when it is read. */
  get position(): number {
    return this.#origin + this.pos;
  }

  /** Bytes so far: the stream's length, or the end of what was written beyond it. */
  get size(): number {
    return this.#size;
  }

  /** Bits of the byte before `pos` that are still to be written, 0 to 7. */
  get bitsLeft(): number {
    return this.#bitsLeft;
  }

  /** Moves to a byte from the start; what lies between the end and a field written beyond it is zero. */
  seek(pos: number): void {
    if (!Number.isSafeInteger(pos) || pos < 0) throw new EncodeError(`cannot seek to position ${pos}`);
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

  writeU1(value: number): void {
    checkUnsigned(value, 0xff);
    this.#advance(1).setUint8(this.pos - 1, value);
  }

  writeU2le(value: number): void {
    checkUnsigned(value, 0xffff);
    this.#advance(2).setUint16(this.pos - 2, value, true);
  }

  writeU2be(value: number): void {
    checkUnsigned(value, 0xffff);
    this.#advance(2).setUint16(this.pos - 2, value);
  }

  writeU4le(value: number): void {
    checkUnsigned(value, 0xffffffff);
    this.#advance(4).setUint32(this.pos - 4, value, true);
  }

  writeU4be(value: number): void {
    checkUnsigned(value, 0xffffffff);
    this.#advance(4).setUint32(this.pos - 4, value);
  }

  writeU8le(value: bigint): void {
    checkUnsignedBig(value, 64);
    this.#advance(8).setBigUint64(this.pos - 8, value, true);
  }

  writeU8be(value: bigint): void {
    checkUnsignedBig(value, 64);
    this.#advance(8).setBigUint64(this.pos - 8, value);
  }

  writeS1(value: number): void {
    checkSigned(value, 0x7f);
    this.#advance(1).setInt8(this.pos - 1, value);
  }

  writeS2le(value: number): void {
    checkSigned(value, 0x7fff);
    this.#advance(2).setInt16(this.pos - 2, value, true);
  }

  writeS2be(value: number): void {
    checkSigned(value, 0x7fff);
    this.#advance(2).setInt16(this.pos - 2, value);
  }

  writeS4le(value: number): void {
    checkSigned(value, 0x7fffffff);
    this.#advance(4).setInt32(this.pos - 4, value, true);
  }

  writeS4be(value: number): void {
    checkSigned(value, 0x7fffffff);
    this.#advance(4).setInt32(this.pos - 4, value);
  }

  writeS8le(value: bigint): void {
    checkSignedBig(value);
    this.#advance(8).setBigInt64(this.pos - 8, value, true);
  }

  writeS8be(value: bigint): void {
    checkSignedBig(value);
    this.#advance(8).setBigInt64(this.pos - 8, value);
  }

  writeF4le(value: number): void {
    this.#advance(4).setFloat32(this.pos - 4, value, true);
  }

  writeF4be(value: number): void {
    this.#advance(4).setFloat32(this.pos - 4, value);
  }

  writeF8le(value: number): void {
    this.#advance(8).setFloat64(this.pos - 8, value, true);
  }

  writeF8be(value: number): void {
    this.#advance(8).setFloat64(this.pos - 8, value);
  }

  /** `count` bits (0 to 32), the most significant first. */
  writeBitsIntBe(count: number, value: number): void {
    checkUnsigned(value, 2 ** count - 1);
    this.#writeBitsBe(count, BigInt(value));
  }

  /** `count` bits (0 to 32), the least significant first. */
  writeBitsIntLe(count: number, value: number): void {
    checkUnsigned(value, 2 ** count - 1);
    this.#writeBitsLe(count, BigInt(value));
  }

  /** `count` bits (0 to 64), the most significant first. */
  writeBitsIntBe64(count: number, value: bigint): void {
    checkUnsignedBig(value, count);
    this.#writeBitsBe(count, value);
  }

  /** `count` bits (0 to 64), the least significant first. */
  writeBitsIntLe64(count: number, value: bigint): void {
    checkUnsignedBig(value, count);
    this.#writeBitsLe(count, value);
  }

  /** All of `bytes`. */
  writeBytes(bytes: Uint8Array): void {
    this.#advance(bytes.length);
    this.#bytes.set(bytes, this.pos - bytes.length);
  }

  /**
   * A field of `size` bytes. Shorter bytes need an `ending` that tells them from the rest: the rest keeps its residue
   * where there is one that ends the bytes already, else it is written.
   *
   * @throws EncodeError where a reader would not get the same bytes back.
   */
  writeBytesLimit(bytes: Uint8Array, size: number, ending: FieldEnding = {}): void {
    const start = this.pos;
    this.writeSubstream(bytes, size);
    const field = this.#bytes.subarray(start, start + size);
    const isOld = this.pos <= this.#residueSize;
    if (isOld && bytesEqual(fieldContents(field, ending), bytes)) return;
    finishField(field, bytes.length, ending);
    if (!bytesEqual(fieldContents(field, ending), bytes))
      throw new EncodeError(
        `${bytes.length} bytes cannot be told from the rest of their field of ${size} bytes`,
      );
  }

  /**
   * A field that reaches to the end of the stream, where that is known and further than the bytes.
   *
   * @throws EncodeError as `writeBytesLimit`.
   */
  writeBytesFull(bytes: Uint8Array, ending: FieldEnding = {}): void {
    const isWhole = bytesEqual(fieldContents(bytes, ending), bytes);
    const least = isWhole ? bytes.length : bytes.length + (ending.terminator?.length ?? 0);
    const isEnded = ending.terminator !== undefined || ending.padByte !== undefined;
    this.writeBytesLimit(bytes, Math.max(least, isEnded ? this.#streamSize - this.pos : 0), ending);
  }

  /** The bytes of a structure that has a stream of its own; what it leaves of its `size` bytes keeps its residue. */
  writeSubstream(bytes: Uint8Array, size: number): void {
    if (bytes.length > size) throw new EncodeError(`${bytes.length} bytes do not fit a field of ${size}`);
    const start = this.pos;
    this.#advance(size);
    this.#bytes.set(bytes, start);
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
  ): void {
    this.writeBytesTermMulti(bytes, Uint8Array.of(terminator), include, consume, eosError);
  }

  /** As `writeBytesTerm`, for a terminator of several bytes. */
  writeBytesTermMulti(
    bytes: Uint8Array,
    terminator: Uint8Array,
    include: boolean,
    consume: boolean,
    eosError: boolean,
  ): void {
    const found = indexOfUnit(bytes, terminator);
    const mayLack = !eosError && found < 0;
    const isInPlace = include ? found >= 0 && found === bytes.length - terminator.length : found < 0;
    if (!isInPlace && !mayLack)
      throw new EncodeError('a terminated field has its terminator in the wrong place');
    this.writeBytes(bytes);
    const isEnded = include || (mayLack && this.pos === this.#streamSize);
    if (!isEnded) this.writeBytes(terminator);
    if (!consume && (!isEnded || found >= 0)) this.pos -= terminator.length;
  }

  /** What lies under the next `size` bytes, or up to the end of the residue; less where there is less. A view. */
  residue(size: number = this.#residueSize): Uint8Array {
    const end = Math.min(this.pos + size, this.#residueSize);
    return this.#bytes.subarray(Math.min(this.pos, end), end);
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

  /** Moves past `length` bytes and makes room for them; the view returned holds even after the buffer has moved. */
  #advance(length: number): DataView {
    this.pos += length;
    if (this.pos > this.#bytes.length) this.#grow(this.pos);
    this.#size = Math.max(this.#size, this.pos);
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

function checkUnsigned(value: number, max: number): void {
  if (!Number.isInteger(value) || value < 0 || value > max)
    throw new EncodeError(`${value} is not an integer from 0 to ${max}`);
}

function checkSigned(value: number, max: number): void {
  if (!Number.isInteger(value) || value < -max - 1 || value > max)
    throw new EncodeError(`${value} is not an integer from ${-max - 1} to ${max}`);
}

function checkUnsignedBig(value: bigint, bits: number): void {
  if (value !== BigInt.asUintN(bits, value))
    throw new EncodeError(`${value} is not an unsigned integer of ${bits} bits`);
}

function checkSignedBig(value: bigint): void {
  if (value !== BigInt.asIntN(64, value))
    throw new EncodeError(`${value} is not a signed integer of 64 bits`);
}
