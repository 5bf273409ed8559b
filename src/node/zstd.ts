import * as zlib from 'node:zlib';
import { frameLength } from './zstd-frame.ts';

/** Unpacks one frame of exactly that many bytes; at most `size` come out. */
type UnpackFrame = (frame: Uint8Array, size: number) => Uint8Array;

let unpackFrame: Promise<UnpackFrame> | null = null;

/**
 * Unpacks Zstandard frames one behind the other until `size` bytes came out. What follows the last one is never looked at: decoders refuse it.
 *
 * @throws any error where no frame begins or one is damaged or cut off
 */
export async function unpackZstd(bytes: Uint8Array, size: number): Promise<Uint8Array> {
  const unpack = await (unpackFrame ??= loadUnpacker());
  const whole = new Uint8Array(size);
  let done = 0;
  for (let at = 0; done < size;) {
    const length = frameLength(bytes.subarray(at));
    if (length === null) {
      if (done > 0) break;
      throw new RangeError('no whole Zstandard frame is found');
    }
    const unpacked = unpack(bytes.subarray(at, at + length), size - done);
    whole.set(unpacked, done);
    done += unpacked.length;
    at += length;
  }
  return whole.subarray(0, done);
}

/** Node's own decoder from version 22.15 on; before it, one in WebAssembly. */
async function loadUnpacker(): Promise<UnpackFrame> {
  const native = (zlib as { zstdDecompressSync?: (frame: Uint8Array, options: object) => Uint8Array })
    .zstdDecompressSync;
  if (native !== undefined) return (frame, size) => native(frame, { maxOutputLength: size });
  return (await import('./zstd-wasm.ts')).loadDecoder();
}
