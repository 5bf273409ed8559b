import { deflate, Inflate } from 'pako';
import { bytesEqual, concatBytes } from './bytes.ts';
import { EncodeError, ProcessError } from './errors.ts';

/** A `process` of the user's own: generated code constructs it with the spec's arguments. */
export interface BytesProcessor {
  /** Stored bytes to plain bytes; leaves its input as it is. */
  decode(bytes: Uint8Array): Uint8Array;
  /** Plain bytes to stored bytes; without it a type that uses the processor cannot be written. */
  encode?(bytes: Uint8Array): Uint8Array;
}

/** A process of the user's own, reading. The bytes come first: they are read before its arguments are computed. */
export function processCustom(bytes: Uint8Array, processor: BytesProcessor): Uint8Array {
  return processor.decode(bytes);
}

/** `process: xor(key)` with a key of one byte (its low eight bits count), into new memory. Its own inverse. */
export function processXorOne(bytes: Uint8Array, key: number): Uint8Array {
  return bytes.map((byte) => byte ^ key);
}

/** `process: xor(key)` with a key of several bytes, used over and over; an empty key changes nothing. */
export function processXorMany(bytes: Uint8Array, key: Uint8Array): Uint8Array {
  return bytes.map((byte, index) => byte ^ (key[index % key.length] ?? 0));
}

/** `process: rol(amount)` on single bytes, into new memory; `ror` and the inverse are negative amounts. */
export function processRotateLeft(bytes: Uint8Array, amount: number): Uint8Array {
  const left = amount & 7;
  return bytes.map((byte) => (byte << left) | (byte >>> (8 - left)));
}

/** Synchronous zlib (RFC 1950) in both directions: a header, a deflate stream, a checksum. */
export interface ZlibCodec {
  /** Throws where the stream is damaged, or unpacks to more than `most` bytes. */
  inflate(bytes: Uint8Array, most: number): Uint8Array;
  /** Any stream that `inflate` turns back into the same bytes. */
  deflate(bytes: Uint8Array): Uint8Array;
}

/** Most bytes that a zlib stream may unpack to: a field is kept in memory whole. */
const MAX_UNPACKED = 2 ** 30;

/** How many bytes are unpacked at once: the limit is looked at after each of them. */
const CHUNK = 2 ** 16;

// pako is zlib itself in JavaScript: unlike others it verifies the checksum, and tells a stream that is cut off
// from one that more bytes follow. Node's own inflates twice as fast, but is none of a browser's.
let zlib: ZlibCodec = { inflate, deflate: (bytes) => deflate(bytes) };

/**
 * Replaces the portable zlib: with `inflateSync` and `deflateSync` of `node:zlib`, which are faster, for example.
 * Nothing restores the portable one.
 */
export function setZlib(codec: ZlibCodec): void {
  zlib = codec;
}

/** The bytes of a stream; what follows it is no part of it. */
function inflate(bytes: Uint8Array, most: number): Uint8Array {
  const stream = new Inflate({ chunkSize: CHUNK });
  const chunks: Uint8Array[] = [];
  let total = 0;
  stream.onData = (chunk) => {
    total += chunk.length;
    if (total > most) throw new ProcessError(`a zlib stream of more than ${most} bytes`);
    chunks.push(chunk);
  };
  stream.push(bytes, true);
  if (stream.err !== 0) throw new ProcessError(`damaged zlib stream: ${stream.msg || 'it is cut off'}`);
  if (!stream.ended) throw new ProcessError('damaged zlib stream: it is cut off');
  return concatBytes(chunks);
}

/**
 * `process: zlib`, reading.
 *
 * @throws ProcessError where the stream is damaged.
 */
export function processZlib(bytes: Uint8Array, most: number = MAX_UNPACKED): Uint8Array {
  try {
    return zlib.inflate(bytes, most);
  } catch (cause) {
    throw cause instanceof ProcessError ? cause : new ProcessError('damaged zlib stream', { cause });
  }
}

/**
 * `process: zlib`, writing: the `residue`, which may be empty, where it unpacks to the same bytes, else a new stream.
 */
export function unprocessZlib(bytes: Uint8Array, residue: Uint8Array): Uint8Array {
  try {
    if (bytesEqual(zlib.inflate(residue, MAX_UNPACKED), bytes)) return residue;
  } catch {
    // What is no stream cannot be kept.
  }
  return zlib.deflate(bytes);
}

/**
 * A process of the user's own, writing.
 *
 * @throws EncodeError where it works in one direction only, or does not give the same bytes back.
 */
export function unprocessCustom(bytes: Uint8Array, processor: BytesProcessor): Uint8Array {
  if (processor.encode === undefined) throw new EncodeError('a custom process has no encode()');
  const stored = processor.encode(bytes);
  if (!bytesEqual(processor.decode(stored), bytes))
    throw new EncodeError('its process does not give the bytes back that are written');
  return stored;
}
