import { bytesEqual } from './bytes.ts';
import { EncodeError, ProcessError } from './errors.ts';
import { inflateRaw } from './inflate.ts';

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
  /** Throws where the stream is damaged. */
  inflate(bytes: Uint8Array): Uint8Array;
  /** Any stream that `inflate` turns back into the same bytes. */
  deflate(bytes: Uint8Array): Uint8Array;
}

/** Most bytes that a zlib stream may unpack to: a field is held in memory whole. */
const MAX_UNPACKED = 2 ** 30;

const portableZlib: ZlibCodec = { inflate: inflateZlib, deflate: storeZlib };
let zlib = portableZlib;

/**
 * Replaces the built-in zlib, which runs everywhere but unpacks slowly and does not compress: with
 * `{ inflate: inflateSync, deflate: deflateSync }` of `node:zlib` for example. Nothing restores the built-in one.
 */
export function setZlib(codec: ZlibCodec): void {
  zlib = codec;
}

/**
 * `process: zlib`, reading.
 *
 * @throws ProcessError where the stream is damaged.
 */
export function processZlib(bytes: Uint8Array): Uint8Array {
  try {
    return zlib.inflate(bytes);
  } catch (cause) {
    throw cause instanceof ProcessError ? cause : new ProcessError('damaged zlib stream', { cause });
  }
}

/**
 * `process: zlib`, writing: the `residue`, which may be empty, where it unpacks to the same bytes, else a new stream.
 */
export function unprocessZlib(bytes: Uint8Array, residue: Uint8Array): Uint8Array {
  try {
    if (bytesEqual(zlib.inflate(residue), bytes)) return residue;
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

/** RFC 1950, 2.2. */
function inflateZlib(input: Uint8Array): Uint8Array {
  const [method = 0, flags = 0] = input;
  if (input.length < 6 || (method & 0x0f) !== 8 || (method * 256 + flags) % 31 !== 0 || (flags & 0x20) !== 0)
    throw new ProcessError('not a zlib stream');
  const { bytes, consumed } = inflateRaw(input.subarray(2), MAX_UNPACKED);
  const checksum = input.subarray(2 + consumed, 6 + consumed);
  if (checksum.length < 4) throw new ProcessError('zlib stream is cut off in its checksum');
  const stored = new DataView(checksum.buffer, checksum.byteOffset).getUint32(0);
  if (stored !== adler32(bytes)) throw new ProcessError('zlib checksum does not match');
  return bytes;
}

const STORED_BLOCK_MAX = 0xffff;

/** RFC 1951, 3.2.4: a zlib stream of stored blocks, 5 bytes longer per block than the plain bytes. */
function storeZlib(bytes: Uint8Array): Uint8Array {
  const blocks = Math.max(1, Math.ceil(bytes.length / STORED_BLOCK_MAX));
  const output = new Uint8Array(2 + blocks * 5 + bytes.length + 4);
  const view = new DataView(output.buffer);
  view.setUint16(0, 0x7801);
  let at = 2;
  for (let block = 0; block < blocks; block += 1) {
    const part = bytes.subarray(block * STORED_BLOCK_MAX, (block + 1) * STORED_BLOCK_MAX);
    view.setUint8(at, block === blocks - 1 ? 1 : 0);
    view.setUint16(at + 1, part.length, true);
    view.setUint16(at + 3, part.length ^ 0xffff, true);
    output.set(part, at + 5);
    at += 5 + part.length;
  }
  view.setUint32(at, adler32(bytes));
  return output;
}

/** RFC 1950, 8.2. */
function adler32(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (const byte of bytes) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  return high * 65536 + low;
}
