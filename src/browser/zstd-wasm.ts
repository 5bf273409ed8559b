import { ZSTDDecoder } from 'zstddec';

/** Makes a decoder of frames for versions of Node that have none. */
export async function loadDecoder(): Promise<(frame: Uint8Array, size: number) => Uint8Array> {
  const decoder = new ZSTDDecoder();
  await decoder.init();
  return (frame, size) => {
    const unpacked = decoder.decode(frame, size);
    // It returns nothing where the frame is damaged.
    if (unpacked.length === 0 && size > 0) throw new RangeError('the Zstandard frame is damaged');
    return unpacked;
  };
}
