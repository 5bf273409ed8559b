import { concatBytes } from './bytes.ts';
import { ByteWriter } from './byte-writer.ts';
import { EncodeError } from './errors.ts';
import { forgetValues, layoutOf, ownBytes, type BareStructure } from './structure.ts';

/** A structure whose class can be written. */
export interface WritableStructure extends BareStructure {
  /** Writes the fields in order, from where the writer stands. */
  _write(io: ByteWriter): void;
}

/**
 * A structure as bytes. They begin as those it was read from, and its fields are written over them: so what no field
 * holds, padding for one, stays as it was, or is zero in a structure that was never read.
 *
 * @throws EncodeError where a value does not fit its field, or where the same fields would not be read again.
 */
export function encode(structure: WritableStructure): Uint8Array {
  const own = ownBytes(structure);
  const io = new ByteWriter(own?.bytes);
  forgetValues(structure);
  structure._write(io);
  if (own === undefined) return io.toBytes();
  return concatBytes([io.toBytes().subarray(0, io.pos), own.bytes.subarray(own.end)]);
}

/** Throws EncodeError where a list is longer or shorter than the rest of its structure says. */
export function checkCount(structure: BareStructure, field: string, length: number, count: number): void {
  if (length === count) return;
  throw new EncodeError(
    `${layoutOf(structure).type}.${field}: ${length} elements, but the structure counts ${count}`,
  );
}
