import { ByteWriter, isWritable, type WrittenStructure } from './byte-writer.ts';
import { isMade } from './creation.ts';
import { DecodeError, EncodeError } from './errors.ts';
import { ownBytes } from './places.ts';
import { forgetValues } from './reading.ts';
import { StoredInstances } from './stored.ts';

/** A structure whose class can be written. */
export type WritableStructure = WrittenStructure;

/**
 * A structure as bytes. They begin as those it was read from, and its fields are written over them: so what no
 * field contains, padding for one, stays as it was, or is zero in a structure that was never read. Instances that
 * were read or set are written where they are, as far as they are other than what is there. `size` is that of the
 * structure's stream, where its holder says it; fields that reach to the end of the stream then do.
 *
 * @throws EncodeError where a value does not fit its field, where the same fields would not be read again, or where
 *   an instance has no place in these bytes.
 */
export function encode(structure: WritableStructure, size?: number): Uint8Array {
  if (!isWritable(structure)) throw new EncodeError('the value is no structure that can be written');
  const stored = new StoredInstances(structure, writeStream);
  const bytes = writeStream(structure, size, stored);
  stored.finish();
  return bytes;
}

/** All of the stream that a structure owns. */
function writeStream(
  structure: WritableStructure,
  size: number | undefined,
  stored: StoredInstances,
): Uint8Array {
  const own = isMade(structure) ? undefined : ownBytes(structure);
  // A structure of a certain size has a stream of its own, wherever it was read from.
  const origin = size === undefined ? own?.start : 0;
  const io = new ByteWriter(own?.bytes, size, origin, size !== undefined, stored);
  forgetValues(structure);
  structure._write(io);
  const fieldsEnd = io.pos;
  if (own !== undefined) {
    const behind = own.bytes.subarray(own.end);
    io.cutAt(size === undefined ? behind : behind.subarray(0, Math.max(0, size - io.pos)));
  }
  stored.writeInto(structure, io, fieldsEnd, size === undefined && own?.isPart === true);
  io.finish();
  return io.toBytes();
}

/**
 * Throws EncodeError where a list is longer or shorter than the rest of its structure says; a count below zero is
 * none.
 */
export function checkCount(io: ByteWriter, field: string, length: number, count: number): void {
  if (length === Math.max(0, count)) return;
  io.refuse(`${length} elements, but the structure counts ${count}`, field);
}

/** Throws EncodeError where a list does not end with the first element for which the condition of its end is true. */
export function checkUntil(
  io: ByteWriter,
  field: string,
  index: number,
  length: number,
  isLast: boolean,
): void {
  if (isLast === (index === length - 1)) return;
  const text = isLast ? 'a reader would end the list with it' : 'a reader would not end the list here';
  io.refuse(text, field, index);
}

/** Throws EncodeError where a field has a value although its condition is false, so that it would not be read. */
export function checkAbsent(io: ByteWriter, field: string, value: unknown): void {
  if (value !== undefined) io.refuse('it has a value, but its condition does not hold', field);
}

/** Throws EncodeError where an element was made with other arguments than the spec hands to it at its place. */
export function checkParam(
  io: ByteWriter,
  field: string,
  index: number | undefined,
  name: string,
  value: unknown,
  wanted: unknown,
): void {
  if (value === wanted || wanted === undefined) return;
  io.refuse(`its param \`${name}\` is ${String(value)}, but would be ${String(wanted)} here`, field, index);
}

/** Throws EncodeError where a reader would find a field that has no value, or none where it has one. */
export function checkCondition(io: ByteWriter, field: string, isThere: boolean, holds: boolean): void {
  if (isThere === holds) return;
  io.refuse(
    isThere ? 'it has a value, but its condition does not hold' : 'its condition holds, but it has no value',
    field,
  );
}

/**
 * As it is where the condition asks streams that a structure which was never read does not have: those are not
 * asked.
 */
export function checkForeignCondition(
  io: ByteWriter,
  field: string,
  value: unknown,
  condition: () => boolean,
): void {
  if (value !== undefined && !holdsOrUnknown(condition)) checkAbsent(io, field, value);
}

function holdsOrUnknown(condition: () => boolean): boolean {
  try {
    return condition();
  } catch (error) {
    if (error instanceof TypeError || error instanceof DecodeError) return true;
    throw error;
  }
}
