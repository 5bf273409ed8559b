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
 * The next `count` elements as one typed array: new memory, the caller's own, byte-swapped at most once. Nothing is
 * allocated before the bytes are known to be there. A count below zero is none, as for lists of any other kind.
 */
function readTable<T extends Table>(
  reader: ByteReader,
  type: TableType<T>,
  count: number,
  little: boolean,
): T {
  const width = type.BYTES_PER_ELEMENT;
  const { buffer } = new Uint8Array(reader.readBytes(Math.max(0, count) * width));
  if (little !== PLATFORM_IS_LITTLE) swapBytes(buffer, width);
  return new type(buffer);
}

/** Writes a typed array, the mirror of the functions below. */
export function writeTable(writer: ByteWriter, table: Table, littleEndian: boolean): void {
  const bytes = new Uint8Array(table.buffer, table.byteOffset, table.byteLength).slice();
  if (littleEndian !== PLATFORM_IS_LITTLE) swapBytes(bytes.buffer, table.BYTES_PER_ELEMENT);
  writer.writeBytes(bytes);
}

/** Reverses the bytes of each element of `width` bytes (1, 2, 4 or 8) in place. */
function swapBytes(buffer: ArrayBuffer, width: number): void {
  if (width === 2) swapPairs(new Uint16Array(buffer));
  if (width === 4) swapWords(new Uint32Array(buffer), 1);
  if (width === 8) swapWords(new Uint32Array(buffer), 2);
}

function swapPairs(pairs: Uint16Array): void {
  for (let index = 0; index < pairs.length; index += 1) {
    const pair = pairs[index] ?? 0;
    pairs[index] = (pair >>> 8) | (pair << 8);
  }
}

/** Swaps elements of one or two 32-bit words; of two, the words change places as well. */
function swapWords(words: Uint32Array, wordsPerElement: 1 | 2): void {
  const last = wordsPerElement - 1;
  for (let index = 0; index < words.length; index += wordsPerElement) {
    const first = swapWord(words[index] ?? 0);
    words[index] = swapWord(words[index + last] ?? 0);
    words[index + last] = first;
  }
}

function swapWord(word: number): number {
  return (word >>> 24) | ((word >>> 8) & 0xff00) | ((word & 0xff00) << 8) | (word << 24);
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
