import { bytesTerminateMulti } from './bytes.ts';
import { fieldContents, type ByteWriter, type FieldEnding } from './byte-writer.ts';
import { bytesToStr, strToBytes } from './encodings.ts';
import { EncodeError } from './errors.ts';

// Text is written as bytes are, but for this: bytes that read as the same text already stay as they are. So text with
// malformed sequences, which reading replaces, survives. Other text that would not be read as the same is refused.

/** Text in a field of `size` bytes; see `ByteWriter.writeBytesLimit`. */
export function writeStrLimit(
  io: ByteWriter,
  text: string,
  encoding: string,
  size: number,
  ending: FieldEnding = {},
  field?: string,
  index?: number,
): void {
  const before = fieldContents(io.residue(size), ending);
  io.writeBytesLimit(textBytes(io, text, encoding, before, field, index), size, ending, field, index);
}

/** Text up to the end of the stream; see `ByteWriter.writeBytesFull`. */
export function writeStrFull(
  io: ByteWriter,
  text: string,
  encoding: string,
  ending: FieldEnding = {},
  field?: string,
  index?: number,
): void {
  const before = fieldContents(io.residue(), ending);
  io.writeBytesFull(textBytes(io, text, encoding, before, field, index), ending, field, index);
}

/** Text in a field whose size depends on that of the stream; see `ByteWriter.writeBytesOpen`. */
export function writeStrOpen(
  io: ByteWriter,
  text: string,
  encoding: string,
  sizeOf: (streamSize: number, pos: number) => number,
  ending: FieldEnding = {},
  field?: string,
  index?: number,
): void {
  const before = fieldContents(io.residue(io.openSize(sizeOf, io.residue().length, ending)), ending);
  io.writeBytesOpen(textBytes(io, text, encoding, before, field, index), sizeOf, ending, field, index);
}

/** Text with a terminator; see `ByteWriter.writeBytesTerm`. */
export function writeStrTerm(
  io: ByteWriter,
  text: string,
  encoding: string,
  terminator: Uint8Array,
  include: boolean,
  consume: boolean,
  eosError: boolean,
  field?: string,
  index?: number,
): void {
  const before = bytesTerminateMulti(io.residue(), terminator, include);
  const bytes = textBytes(io, text, encoding, before, field, index);
  io.writeBytesTermMulti(bytes, terminator, include, consume, eosError, field, index);
}

function textBytes(
  io: ByteWriter,
  text: string,
  encoding: string,
  before: Uint8Array,
  field: string | undefined,
  index: number | undefined,
): Uint8Array {
  if (bytesToStr(before, encoding) === text) return before;
  if (typeof text !== 'string') io.refuse(`${typeof text} is no text`, field, index);
  const bytes = bytesFor(io, text, encoding, field, index);
  if (bytesToStr(bytes, encoding) !== text)
    io.refuse(`${JSON.stringify(text)} cannot be written in ${encoding} and read again`, field, index);
  return bytes;
}

function bytesFor(
  io: ByteWriter,
  text: string,
  encoding: string,
  field: string | undefined,
  index: number | undefined,
): Uint8Array {
  try {
    return strToBytes(text, encoding);
  } catch (error) {
    if (error instanceof EncodeError) io.refuse(error.detail, field, index);
    throw error;
  }
}
