import * as zlib from 'node:zlib';
import { isZero } from '../formats/shared/zero-runs.ts';
import type { Unpacked } from '../model/content.ts';
import { frameLength } from '../ops/reading/zstd-frame.ts';

type Decompress = (
  frame: Uint8Array,
  options: object,
  done: (error: Error | null, unpacked: Uint8Array) => void,
) => void;

/** Node's own decoder, which works in its pool of threads from version 22.15 on. */
const native = (zlib as { zstdDecompress?: Decompress }).zstdDecompress;

/** Unpacks Zstandard frames one after the other until `size` bytes came out. */
export async function inspectZstd(bytes: Uint8Array, size: number): Promise<Unpacked> {
  let length = 0;
  let areZeros = true;
  let at = 0;
  while (length < size) {
    const rest = bytes.subarray(at);
    const frame = frameLength(rest);
    if (frame === null) {
      if (length > 0) break;
      return isCutFrame(rest)
        ? { kind: 'cut' }
        : { kind: 'damaged', reason: 'no Zstandard frame begins there' };
    }
    try {
      const unpacked = await unpackFrame(rest.subarray(0, frame), size - length);
      length += unpacked.length;
      areZeros &&= isZero(unpacked);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return { kind: 'long' };
      return { kind: 'damaged', reason: error instanceof Error ? error.message : String(error) };
    }
    at += frame;
  }
  return { kind: 'whole', length, isZero: areZeros, used: at };
}

/** Whether the magic number of a frame is there, or as much of it as there are bytes. */
function isCutFrame(bytes: Uint8Array): boolean {
  const magic = [0x28, 0xb5, 0x2f, 0xfd];
  return magic.every((byte, index) => index >= bytes.length || bytes[index] === byte);
}

async function unpackFrame(frame: Uint8Array, size: number): Promise<Uint8Array> {
  if (native === undefined) return (await (decoder ??= loadDecoder()))(frame, size);
  return new Promise((resolve, reject) => {
    native(frame, { maxOutputLength: size }, (error, unpacked) => {
      if (error === null) resolve(unpacked);
      else reject(error);
    });
  });
}

let decoder: Promise<(frame: Uint8Array, size: number) => Uint8Array> | null = null;

async function loadDecoder(): Promise<(frame: Uint8Array, size: number) => Uint8Array> {
  return (await import('../browser/zstd-wasm.ts')).loadDecoder();
}
