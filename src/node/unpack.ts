import * as zlib from 'node:zlib';
import { isZero } from '../formats/shared/zero-runs.ts';
import type { Unpack, Unpacked } from '../model/content.ts';
import { describeFailure } from './unpack-failure.ts';
import { unpackPieces } from './unpack-pieces.ts';

/** Up to this size a unit is unpacked at one go; memory for a larger one grows with what really comes out. */
const AT_ONCE = 4 * 1024 * 1024;

/** Unpacks with Node's zlib in its pool of threads. */
export const unpack: Unpack = (method, bytes, size) => {
  if (method === 'zstd')
    return import('./unpack-zstd.ts').then(({ inspectZstd }) => inspectZstd(bytes, size));
  if (size > AT_ONCE) return unpackPieces(method, bytes, size);
  return new Promise((resolve) => {
    // One byte of room more than can be filled: else zlib is asked once more whether there is more.
    const options = { info: true, maxOutputLength: size, chunkSize: Math.max(64, size + 1) };
    const done = (error: Error | null, result: unknown): void => {
      resolve(error === null ? describe(result as Info) : describeFailure(error));
    };
    if (method === 'zlib') zlib.inflate(bytes, options, done);
    else zlib.inflateRaw(bytes, options, done);
  });
};

/** What zlib calls back with where it is asked for `info`. */
interface Info {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

function describe({ buffer, engine }: Info): Unpacked {
  return { kind: 'whole', length: buffer.length, isZero: isZero(buffer), used: engine.bytesWritten };
}
