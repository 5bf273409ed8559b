import { isZero } from '../../formats/shared/zero-runs.ts';
import type { MaybePromise } from '../../io/source.ts';
import type { Unpacked } from '../../model/content.ts';
import { frameLength, isSkippable } from '../reading/zstd-frame.ts';

/** Unpacks one whole frame; throws where it is damaged, or more than `size` bytes come out. */
export type UnpackOneFrame = (frame: Uint8Array, size: number) => MaybePromise<Uint8Array>;

/** The code of the error that says that more bytes come out. */
export const TOO_LARGE = 'ERR_BUFFER_TOO_LARGE';

/** Unpacks Zstandard frames one behind the other until `size` bytes came out, to see whether they can be. */
export async function inspectFrames(
  bytes: Uint8Array,
  size: number,
  unpack: UnpackOneFrame,
): Promise<Unpacked> {
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
    if (!isSkippable(rest))
      try {
        const unpacked = await unpack(rest.subarray(0, frame), size - length);
        length += unpacked.length;
        areZeros &&= isZero(unpacked);
      } catch (error) {
        if ((error as { code?: unknown }).code === TOO_LARGE) return { kind: 'long' };
        return { kind: 'damaged', reason: error instanceof Error ? error.message : String(error) };
      }
    at += frame;
  }
  return { kind: 'whole', length, isZero: areZeros, used: at };
}

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

/** Whether the magic number of a frame is there, or as much of it as there are bytes. */
function isCutFrame(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, index) => index >= bytes.length || bytes[index] === byte);
}
