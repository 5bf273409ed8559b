import { inflate, inflateRaw, inflateRawSync, inflateSync } from 'node:zlib';
import type { MaybePromise } from '../io/source.ts';

/** From this size on a unit is unpacked beside other work, if there are many: below it, handing it over costs more. */
const BULK_BYTES = 16 * 1024;

/** Unpacks a stream with or without the zlib header around it; what follows it is ignored. */
export function unpackDeflate(
  method: 'zlib' | 'deflate',
  bytes: Uint8Array,
  size: number,
  isBulk: boolean,
): MaybePromise<Uint8Array> {
  const options = { maxOutputLength: size, chunkSize: Math.max(64, size) };
  if (!isBulk || size < BULK_BYTES)
    return method === 'zlib' ? inflateSync(bytes, options) : inflateRawSync(bytes, options);
  const unpack = method === 'zlib' ? inflate : inflateRaw;
  return new Promise((resolve, reject) => {
    unpack(bytes, options, (error, unpacked) => {
      if (error === null) resolve(unpacked);
      else reject(error);
    });
  });
}
