import type { Inflate } from '../model/disk.ts';
import type { unpackDeflate as Unpack } from './deflate.ts';

let unpackDeflate: typeof Unpack | null = null;

/** Unpacks with Node's zlib, which is loaded with the first unit. */
export const inflate: Inflate = (method, bytes, size, isBulk = false) => {
  if (method === 'zstd') return import('./zstd.ts').then(({ unpackZstd }) => unpackZstd(bytes, size));
  if (unpackDeflate !== null) return unpackDeflate(method, bytes, size, isBulk);
  return import('./deflate.ts').then((loaded) => {
    unpackDeflate = loaded.unpackDeflate;
    return unpackDeflate(method, bytes, size, isBulk);
  });
};
