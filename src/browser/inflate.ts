import { Inflate as Inflater } from 'pako';
import type { Inflate } from '../model/disk.ts';
import { unpackFrames, type UnpackFrame } from '../ops/reading/zstd.ts';

let unpackFrame: Promise<UnpackFrame> | null = null;

/**
 * Unpacks wherever JavaScript runs: zlib in JavaScript, and Zstandard in WebAssembly, which is loaded with the
 * first frame.
 */
export const inflate: Inflate = (method, bytes, size) => {
  if (method !== 'zstd') return unpackDeflate(method === 'deflate', bytes, size);
  unpackFrame ??= import('./zstd-wasm.ts').then(({ loadDecoder }) => loadDecoder());
  return unpackFrame.then((unpack) => unpackFrames(bytes, size, unpack));
};

/** @param raw whether the stream has no zlib header */
function unpackDeflate(raw: boolean, bytes: Uint8Array, size: number): Uint8Array {
  const stream = new Inflater({ raw, windowBits: 15, chunkSize: Math.max(64, size) });
  const whole = new Uint8Array(size);
  let done = 0;
  stream.onData = (chunk) => {
    if (done + chunk.length > size) throw new RangeError(`more than ${size} bytes come out`);
    whole.set(chunk, done);
    done += chunk.length;
  };
  stream.push(bytes, true);
  if (stream.err !== 0 || !stream.ended) throw new RangeError(stream.msg || 'the stream is cut off');
  return whole.subarray(0, done);
}
