import { bytesTerminateMulti } from './bytes.ts';
import { fieldContents, type ByteWriter, type FieldEnding } from './byte-writer.ts';
import { bytesToStr, strToBytes } from './encodings.ts';

// Text is written as bytes are, but for this: bytes that read as the same text already stay as they are. So text with
// malformed sequences, which reading replaces, survives.

/** Text in a field of `size` bytes; see `ByteWriter.writeBytesLimit`. */
export function writeStrLimit(
  io: ByteWriter,
  text: string,
  encoding: string,
  size: number,
  ending: FieldEnding = {},
): void {
  io.writeBytesLimit(textBytes(text, encoding, fieldContents(io.residue(size), ending)), size, ending);
}

/** Text up to the end of the stream; see `ByteWriter.writeBytesFull`. */
export function writeStrFull(io: ByteWriter, text: string, encoding: string, ending: FieldEnding = {}): void {
  io.writeBytesFull(textBytes(text, encoding, fieldContents(io.residue(), ending)), ending);
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
): void {
  const before = bytesTerminateMulti(io.residue(), terminator, include);
  io.writeBytesTermMulti(textBytes(text, encoding, before), terminator, include, consume, eosError);
}

function textBytes(text: string, encoding: string, before: Uint8Array): Uint8Array {
  return bytesToStr(before, encoding) === text ? before : strToBytes(text, encoding);
}
