import { availableParallelism } from 'node:os';
import * as zlib from 'node:zlib';
import type { Compressor } from '../model/writer.ts';
import type { PackZstd } from './zstd-pack.ts';

/** Threads that Node's pool has unless told otherwise. */
const POOL = 4;

type Pack = (
  bytes: Uint8Array,
  options: object,
  done: (error: Error | null, packed: Uint8Array) => void,
) => void;

/**
 * Packs with Node's zlib in its pool of threads, so that all cores work while the next units are read.
 *
 * @param lanes units in work at once
 */
export function nodeCompressor(lanes = 2 * Math.min(POOL, availableParallelism())): Compressor {
  return {
    lanes,
    compress(method, bytes, level) {
      if (method === 'zstd') return packZstd(bytes, level);
      const options = level === undefined ? {} : { level };
      if (method === 'zlib') return pack(zlib.deflate, bytes, options);
      return pack(zlib.deflateRaw, bytes, { ...options, windowBits: 12, memLevel: 9 });
    },
  };
}

let packer: Promise<PackZstd> | null = null;

/** Node has it from version 22.15 on; before it, there is one in WebAssembly. */
async function packZstd(bytes: Uint8Array, level: number | undefined): Promise<Uint8Array> {
  const { zstdCompress, constants } = zlib as {
    zstdCompress?: Pack;
    constants: { readonly ZSTD_c_compressionLevel?: number };
  };
  const { ZSTD_c_compressionLevel: key } = constants;
  if (zstdCompress !== undefined && key !== undefined)
    return pack(zstdCompress, bytes, level === undefined ? {} : { params: { [key]: level } });
  packer ??= import('./zstd-pack.ts').then(({ loadPacker }) => loadPacker());
  return (await packer)(bytes, level);
}

function pack(run: Pack, bytes: Uint8Array, options: object): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    run(bytes, options, (error, packed) => {
      if (error === null) resolve(packed);
      else reject(error);
    });
  });
}
