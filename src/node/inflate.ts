import type * as Zlib from 'node:zlib';
import type { Inflate } from '../model/disk.ts';

let zlib: typeof Zlib | null = null;

/** Unpacks with Node's zlib, which is loaded with the first unit. */
export const inflate: Inflate = (method, bytes, size) => {
  if (method === 'zstd') return import('./zstd.ts').then(({ unpackZstd }) => unpackZstd(bytes, size));
  if (zlib !== null) return unpack(zlib, method, bytes, size);
  return import('node:zlib').then((loaded) => {
    zlib = loaded;
    return unpack(loaded, method, bytes, size);
  });
};

function unpack(
  { inflateRawSync, inflateSync }: typeof Zlib,
  method: 'zlib' | 'deflate',
  bytes: Uint8Array,
  size: number,
): Uint8Array {
  const options = { maxOutputLength: size, chunkSize: Math.max(64, size) };
  return method === 'zlib' ? inflateSync(bytes, options) : inflateRawSync(bytes, options);
}
