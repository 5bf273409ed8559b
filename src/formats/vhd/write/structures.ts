import {
  CreatorApplication,
  CreatorHostOs,
  DiskType,
  DynamicHeader,
  Footer,
  FooterFeatures,
  DiskGeometry,
  type ParentLocatorEntry,
} from '../../../../generated/vhd.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { Identity } from '../../../model/writer.ts';
import { computeChecksum } from '../layout/checksum.ts';
import { NOWHERE } from '../layout/footers.ts';
import { fromUnixTime } from '../layout/identity.ts';
import type { VhdOptions } from './options.ts';

/** Byte position of the dynamic disk header. */
export const HEADER_OFFSET = SECTOR_SIZE;
/** Byte position after it. */
export const HEADER_END = HEADER_OFFSET + 1024;
/** Guest bytes of a block. */
export const BLOCK_SIZE = 2 * 2 ** 20;
const VERSION = 0x00010000;
/** Windows 10's: with its name every reader takes the exact size, and Azure takes the disk. */
const CREATOR_VERSION = 0x000a0000;

const TYPES = {
  fixed: DiskType.fixed,
  dynamic: DiskType.dynamic,
  differencing: DiskType.differencing,
} as const;

/** The bytes of the footer of a new disk. */
export function makeFooter({ kind, size, geometry }: VhdOptions, identity: Identity): Uint8Array {
  const footer = Footer.of({
    cookie: new TextEncoder().encode('conectix'),
    features: FooterFeatures.of({ reserved: true }),
    fileFormatVersion: VERSION,
    dataOffset: kind === 'fixed' ? NOWHERE : BigInt(HEADER_OFFSET),
    timeStamp: fromUnixTime(identity.time),
    creatorApplication: CreatorApplication.windows,
    creatorVersion: CREATOR_VERSION,
    creatorHostOs: CreatorHostOs.windows,
    originalSize: BigInt(size),
    currentSize: BigInt(size),
    diskGeometry: DiskGeometry.of(geometry),
    diskType: TYPES[kind],
    uniqueId: drawUuid(identity),
  });
  footer.checksum = computeChecksum(footer.toBytes());
  return footer.toBytes();
}

/** What the header of a child says of its parent. */
export interface ParentFields {
  readonly uniqueId: Uint8Array;
  /** Seconds since 2000. */
  readonly timeStamp: number;
  /** Padded to the size of the field. */
  readonly unicodeName: Uint8Array;
  readonly locators: readonly ParentLocatorEntry[];
}

/** The bytes of the dynamic disk header. */
export function makeHeader(tableOffset: number, entries: number, parent: ParentFields | null): Uint8Array {
  const header = DynamicHeader.of({
    tableOffset: BigInt(tableOffset),
    headerVersion: VERSION,
    maxTableEntries: entries,
    blockSize: BLOCK_SIZE,
  });
  header.dataOffset = NOWHERE;
  if (parent !== null) {
    header.parentUniqueId = parent.uniqueId;
    header.parentTimeStamp = parent.timeStamp;
    header.parentUnicodeName = parent.unicodeName;
    header.parentLocators = header.parentLocators.map((unused, index) => parent.locators[index] ?? unused);
  }
  header.checksum = computeChecksum(header.toBytes());
  return header.toBytes();
}

/** A random UUID (RFC 9562, version 4). */
function drawUuid(identity: Identity): Uint8Array {
  const uuid = identity.bytes(16);
  uuid[6] = ((uuid[6] ?? 0) & 0x0f) | 0x40;
  uuid[8] = ((uuid[8] ?? 0) & 0x3f) | 0x80;
  return uuid;
}
