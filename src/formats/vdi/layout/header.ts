import { Header } from '../../../../generated/vdi.ts';
import { UnreadableImageError, UnsupportedFeatureError } from '../../../errors.ts';
import { fileOffset, readAvailable } from '../../../io/source.ts';
import { Placed } from '../../shared/placed.ts';
import { breachTeller } from '../../shared/spec-rules.ts';
import type { VdiContext } from '../findings.ts';

/** Bytes of the header with everything that is known of it. */
export const HEADER_SIZE = 472;
/** Bytes before the field that says how large the header is. */
export const PREHEADER_SIZE = 72;

const VERSION = 0x00010001;
/** The one older version, whose header has neither a size nor offsets: its first field is the type of the image. */
const OLD_VERSION = 2;
const LAST_TYPE = 4;
/** Header sizes of version 1.1 as writers give them, with some room for fields to come. */
const LEAST_SIZE = 384;
const MOST_SIZE = 4096;

/**
 * Reads the header and tells what is wrong with it. A version that does not exist is read as 1.1 where the rest of
 * the header is like that.
 *
 * @throws UnreadableImageError where the file ends inside the header, or it is of another version
 * @throws UnsupportedFeatureError for version 0.2, the one before 1.1
 */
export async function readHeader({ file, source, findings }: VdiContext): Promise<Placed<Header>> {
  const place = { file, name: 'header', offset: 0 };
  const bytes = await readAvailable(source, fileOffset(0), HEADER_SIZE);
  refuseOldVersion(file.path, bytes);
  const fields = Header.decode(bytes, breachTeller(findings, place));
  if (fields === undefined) throw new UnreadableImageError(`${file.path}: the header is not whole`);
  const { version, headerSize } = fields;
  if (version !== VERSION && (headerSize < LEAST_SIZE || headerSize > MOST_SIZE))
    throw new UnreadableImageError(
      `${file.path}: a VDI of version ${formatVersion(version)}; only 1.1 is known`,
    );
  return new Placed(place, bytes, fields);
}

function refuseOldVersion(path: string, bytes: Uint8Array): void {
  if (bytes.length < PREHEADER_SIZE + 4) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = view.getUint32(PREHEADER_SIZE, true);
  if (view.getUint32(PREHEADER_SIZE - 4, true) !== OLD_VERSION || type === 0 || type > LAST_TYPE) return;
  throw new UnsupportedFeatureError(
    `${path}: a VDI of version ${formatVersion(OLD_VERSION)}; only 1.1 is supported, convert it with VirtualBox`,
  );
}

/** A version as people write it: the major number is the upper half. */
export function formatVersion(version: number): string {
  return `${version >>> 16}.${version & 0xffff}`;
}
