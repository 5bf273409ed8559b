import { inflateRawSync, inflateSync } from 'node:zlib';

/** Unpacks a stream with or without the zlib header around it; what follows it is ignored. */
export function unpackDeflate(method: 'zlib' | 'deflate', bytes: Uint8Array, size: number): Uint8Array {
  const options = { maxOutputLength: size, chunkSize: Math.max(64, size) };
  return method === 'zlib' ? inflateSync(bytes, options) : inflateRawSync(bytes, options);
}
