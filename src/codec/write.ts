import { concatBytes } from './bytes.ts';
import { ByteWriter } from './byte-writer.ts';
import { isMade } from './creation.ts';
import { EncodeError } from './errors.ts';
import { layoutOf, type BareStructure } from './bare-structure.ts';
import { ownBytes } from './places.ts';
import { forgetValues } from './reading.ts';

/** A structure whose class can be written. */
export interface WritableStructure extends BareStructure {
  /** Writes the fields in order, from where the writer stands. */
  _write(io: ByteWriter): void;
}

/**
 * A structure as bytes. They begin as those it was read from, and its fields are written over them: so what no field
 * holds, padding for one, stays as it was, or is zero in a structure that was never read. `size` is that of the
 * structure's stream, where its holder says it; fields that reach to the end of the stream then do.
 *
 * @throws EncodeError where a value does not fit its field, or where the same fields would not be read again.
 */
export function encode(structure: WritableStructure, size?: number): Uint8Array {
  const own = isMade(structure) ? undefined : ownBytes(structure);
  // A structure of a certain size has a stream of its own, wherever it was read from.
  const io = new ByteWriter(own?.bytes, size, size === undefined ? own?.start : 0);
  forgetValues(structure);
  structure._write(io);
  if (own === undefined) return io.toBytes();
  const behind = own.bytes.subarray(own.end);
  const rest = size === undefined ? behind : behind.subarray(0, Math.max(0, size - io.pos));
  return concatBytes([io.toBytes().subarray(0, io.pos), rest]);
}

/** Throws EncodeError where a list is longer or shorter than the rest of its structure says; a count below zero is none. */
export function checkCount(structure: BareStructure, field: string, length: number, count: number): void {
  if (length === Math.max(0, count)) return;
  throw new EncodeError(
    `${layoutOf(structure).type}.${field}: ${length} elements, but the structure counts ${count}`,
  );
}
