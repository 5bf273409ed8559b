import * as zlib from 'node:zlib';
import { unpackFrames, type UnpackFrame } from '../ops/reading/zstd.ts';

let unpackFrame: Promise<UnpackFrame> | null = null;

/**
 * Unpacks Zstandard frames until `size` bytes came out.
 *
 * @throws any error where no frame begins or one is damaged or cut off
 */
export async function unpackZstd(bytes: Uint8Array, size: number): Promise<Uint8Array> {
  return unpackFrames(bytes, size, await (unpackFrame ??= loadUnpacker()));
}

/** Node's own decoder from version 22.15 on; before it, one in WebAssembly. */
async function loadUnpacker(): Promise<UnpackFrame> {
  const native = (zlib as { zstdDecompressSync?: (frame: Uint8Array, options: object) => Uint8Array })
    .zstdDecompressSync;
  if (native !== undefined) return (frame, size) => native(frame, { maxOutputLength: size });
  return (await import('../browser/zstd-wasm.ts')).loadDecoder();
}
