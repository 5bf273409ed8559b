import {
  byteArrayCompare,
  bytesEqual,
  bytesStripRight,
  bytesTerminate,
  bytesTerminateMulti,
} from './bytes.ts';
import { ByteReader } from './byte-reader.ts';
import { bytesToStr } from './encodings.ts';
import { ConversionError, EndOfStreamError } from './errors.ts';
import { floorMod } from './integers.ts';
import { processRotateLeft, processXorMany, processXorOne, processZlib } from './process.ts';

/**
 * The stream of Kaitai's JavaScript runtime, for code that was written for that: `new Zip(new
 * KaitaiStream(buffer))` reads as before. It differs where that runtime is not exact: 64-bit integers are `bigint`.
 */
export class KaitaiStream extends ByteReader {
  /** Bytes from `byteOffset` of an `ArrayBuffer`, or of a view, on; they are not copied. */
  constructor(source: ArrayBuffer | ArrayBufferView, byteOffset = 0) {
    super(bytesOf(source, byteOffset));
  }

  /** The next `count` bits (0 to 32), the most significant first. */
  readBitsInt(count: number): number {
    return this.readBitsIntBe(count);
  }

  /** The next bytes, which must be the expected ones. Throws ConversionError where they are not. */
  ensureFixedContents(expected: ArrayLike<number>): Uint8Array {
    const found = this.readBytes(expected.length);
    if (!bytesEqual(found, expected))
      throw new ConversionError('unexpected fixed contents', { offset: this.offset });
    return found;
  }

  /** Throws EndOfStreamError where fewer bytes are left. */
  ensureBytesLeft(length: number): void {
    if (length > this.remaining) throw new EndOfStreamError(length, this.remaining, { offset: this.offset });
  }

  static readonly bytesStripRight = bytesStripRight;
  static readonly bytesTerminate = bytesTerminate;
  static readonly bytesTerminateMulti = bytesTerminateMulti;
  static readonly bytesToStr = bytesToStr;
  static readonly byteArrayCompare = byteArrayCompare;
  static readonly processXorOne = processXorOne;
  static readonly processXorMany = processXorMany;
  static readonly processRotateLeft = processRotateLeft;
  static readonly processZlib = processZlib;
  static readonly mod = floorMod;
}

function bytesOf(source: ArrayBuffer | ArrayBufferView, byteOffset: number): Uint8Array {
  if (!ArrayBuffer.isView(source)) return new Uint8Array(source, byteOffset);
  return new Uint8Array(source.buffer, source.byteOffset + byteOffset, source.byteLength - byteOffset);
}
