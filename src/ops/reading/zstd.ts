import { frameLength, isSkippable } from './zstd-frame.ts';

/** Unpacks one frame of exactly that many bytes; at most `size` come out. */
export type UnpackFrame = (frame: Uint8Array, size: number) => Uint8Array;

/**
 * Unpacks Zstandard frames one after the other until `size` bytes came out. What follows the last one is never
 * looked at: decoders refuse it.
 *
 * @throws any error where no frame begins or one is damaged or cut off
 */
export function unpackFrames(bytes: Uint8Array, size: number, unpack: UnpackFrame): Uint8Array {
  const whole = new Uint8Array(size);
  let done = 0;
  for (let at = 0; done < size;) {
    const rest = bytes.subarray(at);
    const length = frameLength(rest);
    if (length === null) {
      if (done > 0) break;
      throw new RangeError('no whole Zstandard frame is found');
    }
    if (!isSkippable(rest)) {
      const unpacked = unpack(rest.subarray(0, length), size - done);
      whole.set(unpacked, done);
      done += unpacked.length;
    }
    at += length;
  }
  return whole.subarray(0, done);
}
