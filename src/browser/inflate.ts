import { inflateRaw } from '../codec/inflate.ts';
import type { Inflate } from '../model/disk.ts';
import { unpackFrames, type UnpackFrame } from '../ops/reading/zstd.ts';

/** Header of a zlib stream (RFC 1950, 2.2); none that is read here names a dictionary. */
const ZLIB_HEADER = 2;
const ADLER_BYTES = 4;

let unpackFrame: Promise<UnpackFrame> | null = null;

/** Unpacks wherever JavaScript runs: by code of its own, and Zstandard by WebAssembly, which is loaded with the first frame. */
export const inflate: Inflate = (method, bytes, size) => {
  if (method === 'deflate') return inflateRaw(bytes, size).bytes;
  if (method === 'zlib') return inflateZlib(bytes, size);
  unpackFrame ??= import('./zstd-wasm.ts').then(({ loadDecoder }) => loadDecoder());
  return unpackFrame.then((unpack) => unpackFrames(bytes, size, unpack));
};

function inflateZlib(bytes: Uint8Array, size: number): Uint8Array {
  const [method = 0, flags = 0] = bytes;
  if ((method & 0xf) !== 8 || (method * 256 + flags) % 31 !== 0 || (flags & 0x20) !== 0)
    throw new RangeError('no zlib stream begins there');
  const { bytes: inflated, consumed } = inflateRaw(bytes.subarray(ZLIB_HEADER), size);
  const at = ZLIB_HEADER + consumed;
  if (at + ADLER_BYTES > bytes.length) throw new RangeError('the zlib stream is cut off');
  const stored = new DataView(bytes.buffer, bytes.byteOffset + at, ADLER_BYTES).getUint32(0);
  if (stored !== adler32(inflated)) throw new RangeError('the checksum of the zlib stream is wrong');
  return inflated;
}

/** RFC 1950, section 8.2; sums are reduced before they leave 32 bits. */
function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (let from = 0; from < bytes.length; from += 3800) {
    const end = Math.min(bytes.length, from + 3800);
    for (let at = from; at < end; at++) {
      a += bytes[at] ?? 0;
      b += a;
    }
    a %= 65_521;
    b %= 65_521;
  }
  return b * 65_536 + a;
}
