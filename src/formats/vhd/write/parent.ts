import { ParentLocatorEntry, PlatformCode } from '../../../../generated/vhd.ts';
import { UsageError } from '../../../errors.ts';
import type { Disk } from '../../../model/disk.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { Backing } from '../../../model/writer.ts';
import type { FilePart } from '../../shared/writing/unit-writer.ts';
import { fromUnixTime } from '../layout/identity.ts';
import { isVhdImage } from '../layout/image.ts';
import { baseName, encodeUtf16 } from '../layout/text.ts';
import { HEADER_END, type ParentFields } from './structures.ts';

/** Bytes of the header's field for the parent's name. */
const NAME_BYTES = 512;

/** The layer below, as a differencing disk names it. */
export interface VhdParent {
  readonly disk: Disk;
  readonly fields: ParentFields;
  /** The names that the locators point to. */
  readonly names: readonly FilePart[];
  /** Byte position after them. */
  readonly end: number;
}

/**
 * Finds out what a child of `size` bytes has to know of its parent.
 *
 * @throws UsageError where it is no VHD of the same size, or is not open
 */
export function findParent({ name, format, image, disk }: Backing, size: number): VhdParent {
  const isOther =
    (format !== null && !['vhd', 'vpc'].includes(format)) || (image !== null && !isVhdImage(image));
  if (isOther)
    throw new UsageError(`the parent of a VHD has to be a VHD, ${name} is ${image?.format ?? format}`);
  if (image === null || !isVhdImage(image) || disk === null)
    throw new UsageError(`${name} has to be opened: a child repeats the unique id of its parent`);
  if (image.size !== size)
    throw new UsageError(
      `a differencing VHD is as large as its parent: ${size} bytes, and ${name} has ${image.size}`,
    );
  const unicodeName = encodeUtf16(baseName(name), 'be');
  if (unicodeName.length > NAME_BYTES)
    throw new UsageError(
      `the name of the parent is longer than the ${NAME_BYTES / 2} characters that a VHD has for it`,
    );
  const { modified } = image.source;
  const locators = locatorsOf(name);
  return {
    disk,
    fields: {
      uniqueId: image.footer.fields.uniqueId.slice(),
      timeStamp:
        modified === null ? image.footer.fields.timeStamp : fromUnixTime(Math.floor(modified / 1000)),
      unicodeName: padded(unicodeName, NAME_BYTES),
      locators: locators.map(({ entry }) => entry),
    },
    names: locators.map(({ at, data }) => ({ at, bytes: data })),
    end: locators.reduce((end, { data }) => end + roomFor(data), HEADER_END),
  };
}

interface PlacedLocator {
  readonly entry: ParentLocatorEntry;
  readonly at: number;
  readonly data: Uint8Array;
}

/** The locators that a name makes, each in a room of its own after the header. */
function locatorsOf(name: string): readonly PlacedLocator[] {
  let at = HEADER_END;
  return pathsOf(name).map(({ code, data }) => {
    const entry = ParentLocatorEntry.of({
      platformCode: code,
      // Bytes, as Microsoft's own programs count it, in spite of the specification.
      platformDataSpace: roomFor(data),
      platformDataLength: data.length,
      platformDataOffset: BigInt(at),
    });
    const placed = { entry, at, data };
    at += roomFor(data);
    return placed;
  });
}

interface LocatorPath {
  readonly code: ParentLocatorEntry['platformCode'];
  readonly data: Uint8Array;
}

/**
 * How each platform names the parent; as blktap does, the absolute Windows locator takes a relative path where
 * there is no other.
 */
function pathsOf(name: string): readonly LocatorPath[] {
  const slashes = name.replaceAll('\\', '/');
  const windows = (code: LocatorPath['code'], path: string): LocatorPath => ({
    code,
    data: encodeUtf16(path.replaceAll('/', '\\'), 'le'),
  });
  const url = (path: string): LocatorPath => ({
    code: PlatformCode.macx,
    // Some readers decode the URL, some do not: nothing is encoded that can be left as it is.
    data: new TextEncoder().encode(`file://${path.replaceAll('%', '%25')}`),
  });
  if (/^[a-z]:\//i.test(slashes) || name.startsWith('\\\\')) return [windows(PlatformCode.w2ku, slashes)];
  if (slashes.startsWith('/')) return [url(slashes), windows(PlatformCode.w2ku, slashes)];
  const relative = `./${slashes.replace(/^(\.\/+)+/, '')}`;
  return [url(relative), windows(PlatformCode.w2ku, relative), windows(PlatformCode.w2ru, relative)];
}

function roomFor(data: Uint8Array): number {
  return Math.ceil(data.length / SECTOR_SIZE) * SECTOR_SIZE;
}

function padded(bytes: Uint8Array, length: number): Uint8Array {
  const longer = new Uint8Array(length);
  longer.set(bytes);
  return longer;
}
