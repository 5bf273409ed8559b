import { Inflate as Inflater } from 'pako';
import { isZero } from '../formats/shared/zero-runs.ts';
import type { Unpack, Unpacked } from '../model/content.ts';
import { inspectFrames, type UnpackOneFrame } from '../ops/content/zstd.ts';

let unpackFrame: Promise<UnpackOneFrame> | null = null;

/** Unpacks wherever JavaScript runs, to see whether a stream can be: zlib in JavaScript, Zstandard in WebAssembly. */
export const unpack: Unpack = (method, bytes, size) => {
  if (method !== 'zstd') return inspectDeflate(method === 'deflate', bytes, size);
  unpackFrame ??= import('./zstd-wasm.ts').then(({ loadDecoder }) => loadDecoder());
  return unpackFrame.then((frame) => inspectFrames(bytes, size, frame));
};

/** Bytes that are unpacked at once at most: memory grows with what really comes out. */
const PIECE = 64 * 1024;
/** zlib's name for an end that did not come. */
const NEEDS_MORE = -5;

function inspectDeflate(raw: boolean, bytes: Uint8Array, size: number): Unpacked {
  const stream = new Inflater({ raw, windowBits: 15, chunkSize: PIECE });
  let length = 0;
  let areZeros = true;
  stream.onData = (chunk) => {
    length += chunk.length;
    if (length > size) throw new TooLong();
    areZeros &&= isZero(chunk);
  };
  // Its own gathers the pieces.
  stream.onEnd = () => undefined;
  try {
    stream.push(bytes, true);
  } catch (error) {
    if (error instanceof TooLong) return { kind: 'long' };
    throw error;
  }
  if (stream.err !== 0 && stream.err !== NEEDS_MORE)
    return { kind: 'damaged', reason: stream.msg || 'the stream is damaged' };
  if (!stream.ended || stream.err !== 0) return { kind: 'cut' };
  const { strm } = stream as unknown as { readonly strm: { readonly total_in: number } };
  return { kind: 'whole', length, isZero: areZeros, used: strm.total_in };
}

/** Ends the unpacking where more bytes come out than are wanted. */
class TooLong extends Error {}
