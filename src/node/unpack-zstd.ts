import * as zlib from 'node:zlib';
import type { Unpacked } from '../model/content.ts';
import { inspectFrames, type UnpackOneFrame } from '../ops/content/zstd.ts';

type Decompress = (
  frame: Uint8Array,
  options: object,
  done: (error: Error | null, unpacked: Uint8Array) => void,
) => void;

/** Node's own decoder, which works in its pool of threads from version 22.15 on. */
const native = (zlib as { zstdDecompress?: Decompress }).zstdDecompress;

let unpackFrame: Promise<UnpackOneFrame> | null = null;

/** Unpacks Zstandard frames, to see whether they can be. */
export async function inspectZstd(bytes: Uint8Array, size: number): Promise<Unpacked> {
  return inspectFrames(bytes, size, await (unpackFrame ??= loadUnpacker()));
}

async function loadUnpacker(): Promise<UnpackOneFrame> {
  if (native === undefined) return (await import('../browser/zstd-wasm.ts')).loadDecoder();
  return (frame, size) =>
    new Promise((resolve, reject) => {
      native(frame, { maxOutputLength: size }, (error, unpacked) => {
        if (error === null) resolve(unpacked);
        else reject(error);
      });
    });
}
