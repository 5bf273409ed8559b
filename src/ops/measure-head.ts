import { SourceError, UnsupportedFeatureError } from '../errors.ts';
import { formats } from '../formats/index.ts';
import { fileOffset, readAvailable, type Source } from '../io/source.ts';

/** Bytes that formats are told by. */
const HEAD_BYTES = 4096;

/**
 * The size of the whole file that `source` is the beginning of, read forward and no further than needed; `null`
 * where the format does not say.
 *
 * @throws UnsupportedFeatureError, UnreadableImageError where the head does not tell
 */
export async function measureHead(source: Source): Promise<number | null> {
  const head = await readHead(source);
  const format = formats.find(
    ({ probe }) => probe({ head, tail: new Uint8Array(0), size: source.size }) === 'magic',
  );
  const sizeFromHead = await format?.loadHeadSize?.();
  return sizeFromHead === undefined ? null : sizeFromHead(source);
}

/** The first bytes; a stream that ends among them knows its size only when that was seen. */
async function readHead(source: Source): Promise<Uint8Array> {
  try {
    return await readAvailable(source, fileOffset(0), HEAD_BYTES);
  } catch (error) {
    if (!(error instanceof SourceError && error.code === 'short-read')) throw error;
    return readAvailable(source, fileOffset(0), HEAD_BYTES);
  }
}

/** Why a stream without a known head cannot be measured. */
export function unknownHead(name: string): UnsupportedFeatureError {
  return new UnsupportedFeatureError(
    `${name}: only the head of a VHD says how long the whole stream is; -O FMT measures what converting would give`,
  );
}
