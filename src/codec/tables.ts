import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

type Table =
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigUint64Array
  | BigInt64Array;

interface TableType<T extends Table> {
  new (buffer: ArrayBuffer): T;
  readonly BYTES_PER_ELEMENT: number;
}

const PLATFORM_IS_LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * The next `count` elements as one typed array: new memory, the caller's own, written once. Nothing is allocated
 * before the bytes are known to be there. A count below zero is none, as for lists of any other kind.
 */
function readTable<T extends Table>(
  reader: ByteReader,
  type: TableType<T>,
  count: number,
  little: boolean,
): T {
  const width = type.BYTES_PER_ELEMENT;
  const bytes = reader.readBytes(Math.max(0, count) * width);
  return new type(little === PLATFORM_IS_LITTLE ? new Uint8Array(bytes).buffer : swapped(bytes, width));
}

/** Writes a typed array, the mirror of the functions below. */
export function writeTable(writer: ByteWriter, table: Table, littleEndian: boolean): void {
  const bytes = new Uint8Array(table.buffer, table.byteOffset, table.byteLength);
  const isAsHeld = littleEndian === PLATFORM_IS_LITTLE;
  writer.writeBytes(isAsHeld ? bytes : new Uint8Array(swapped(bytes, table.BYTES_PER_ELEMENT)));
}

/** A copy with the bytes of each element of `width` bytes (1, 2, 4 or 8) reversed. */
function swapped(bytes: Uint8Array, width: number): ArrayBuffer {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (width === 1) return new Uint8Array(bytes).buffer;
  if (width === 2) return swappedPairs(view);
  return width === 4 ? swappedWords(view) : swappedDoubleWords(view);
}

function swappedPairs(view: DataView): ArrayBuffer {
  const pairs = new Uint16Array(view.byteLength / 2);
  for (let index = 0; index < pairs.length; index++)
    pairs[index] = view.getUint16(2 * index, !PLATFORM_IS_LITTLE);
  return pairs.buffer;
}

function swappedWords(view: DataView): ArrayBuffer {
  const words = new Uint32Array(view.byteLength / 4);
  for (let index = 0; index < words.length; index++)
    words[index] = view.getUint32(4 * index, !PLATFORM_IS_LITTLE);
  return words.buffer;
}

/** The two words of an element change places as well. */
function swappedDoubleWords(view: DataView): ArrayBuffer {
  const words = new Uint32Array(view.byteLength / 4);
  for (let index = 0; index < words.length; index += 2) {
    words[index] = view.getUint32(4 * index + 4, !PLATFORM_IS_LITTLE);
    words[index + 1] = view.getUint32(4 * index, !PLATFORM_IS_LITTLE);
  }
  return words.buffer;
}

/** The next `count` signed bytes, in memory of their own; for unsigned ones `readBytes` is the table. */
export function readS1Array(reader: ByteReader, count: number): Int8Array {
  return readTable(reader, Int8Array, count, PLATFORM_IS_LITTLE);
}

/** The next `count` unsigned 16-bit integers, in memory of their own. */
export function readU2Array(reader: ByteReader, count: number, littleEndian: boolean): Uint16Array {
  return readTable(reader, Uint16Array, count, littleEndian);
}

/** The next `count` signed 16-bit integers, in memory of their own. */
export function readS2Array(reader: ByteReader, count: number, littleEndian: boolean): Int16Array {
  return readTable(reader, Int16Array, count, littleEndian);
}

/** The next `count` unsigned 32-bit integers, in memory of their own. */
export function readU4Array(reader: ByteReader, count: number, littleEndian: boolean): Uint32Array {
  return readTable(reader, Uint32Array, count, littleEndian);
}

/** The next `count` signed 32-bit integers, in memory of their own. */
export function readS4Array(reader: ByteReader, count: number, littleEndian: boolean): Int32Array {
  return readTable(reader, Int32Array, count, littleEndian);
}

/** The next `count` unsigned 64-bit integers, in memory of their own. */
export function readU8Array(reader: ByteReader, count: number, littleEndian: boolean): BigUint64Array {
  return readTable(reader, BigUint64Array, count, littleEndian);
}

/** The next `count` signed 64-bit integers, in memory of their own. */
export function readS8Array(reader: ByteReader, count: number, littleEndian: boolean): BigInt64Array {
  return readTable(reader, BigInt64Array, count, littleEndian);
}

/** The next `count` 32-bit floats, in memory of their own. */
export function readF4Array(reader: ByteReader, count: number, littleEndian: boolean): Float32Array {
  return readTable(reader, Float32Array, count, littleEndian);
}

/** The next `count` 64-bit floats, in memory of their own. */
export function readF8Array(reader: ByteReader, count: number, littleEndian: boolean): Float64Array {
  return readTable(reader, Float64Array, count, littleEndian);
}
