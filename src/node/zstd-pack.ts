import { Zstd } from '@hpcc-js/wasm-zstd';

/** Level where none is given: that of Zstandard's own programs. */
const USUAL_LEVEL = 3;

/** Packs bytes into one frame; without a level, with the usual one. */
export type PackZstd = (bytes: Uint8Array, level: number | undefined) => Uint8Array;

/** Makes a compressor for versions of Node that have none. */
export async function loadPacker(): Promise<PackZstd> {
  const zstd = await Zstd.load();
  return (bytes, level = USUAL_LEVEL) => zstd.compress(bytes, level);
}
