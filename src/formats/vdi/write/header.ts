import { Geometry, Header, ImageFlags, ImageType } from '../../../../generated/vdi.ts';
import type { Identity } from '../../../model/writer.ts';

/** Bytes of the header's fields from its size on, with the logical geometry. */
const HEADER_SIZE = 400;
const VERSION = 0x00010001;
const TITLE = '<<< vdcheck Virtual Disk Image >>>\n';

/** What the header says. */
export interface HeaderFigures {
  readonly isStatic: boolean;
  /** Guest bytes. */
  readonly size: number;
  readonly blockSize: number;
  readonly mapOffset: number;
  readonly dataOffset: number;
  readonly blocks: number;
  readonly stored: number;
}

/** What tells one image from another. */
export interface ImageIds {
  readonly create: Uint8Array;
  readonly modify: Uint8Array;
}

/** Draws the UUIDs of a new image (RFC 9562, version 4). */
export function drawIds(identity: Identity): ImageIds {
  return { create: drawUuid(identity), modify: drawUuid(identity) };
}

/** The version is in the upper byte of a part that is stored with its lowest byte first. */
function drawUuid(identity: Identity): Uint8Array {
  const uuid = identity.bytes(16);
  uuid[7] = ((uuid[7] ?? 0) & 0x0f) | 0x40;
  uuid[8] = ((uuid[8] ?? 0) & 0x3f) | 0x80;
  return uuid;
}

/** The bytes of the header. */
export function makeHeader(figures: HeaderFigures, { create, modify }: ImageIds): Uint8Array {
  const fileInfo = new Uint8Array(64);
  fileInfo.set(new TextEncoder().encode(TITLE));
  const geometry = { cylinders: 0, heads: 0, sectorsPerTrack: 0, sectorSize: 512 };
  return Header.of({
    fileInfo,
    signature: Uint8Array.of(0x7f, 0x10, 0xda, 0xbe),
    version: VERSION,
    headerSize: HEADER_SIZE,
    imageType: figures.isStatic ? ImageType.static : ImageType.dynamic,
    flags: ImageFlags.of({ fixed: figures.isStatic }),
    comment: new Uint8Array(256),
    blocksOffset: figures.mapOffset,
    dataOffset: figures.dataOffset,
    legacyGeometry: Geometry.of(geometry),
    translation: 0,
    diskSize: BigInt(figures.size),
    blockSize: figures.blockSize,
    blockExtra: 0,
    numBlocks: figures.blocks,
    numBlocksAllocated: figures.stored,
    uuidCreate: create,
    uuidModify: modify,
    uuidLinkage: new Uint8Array(16),
    uuidParentModify: new Uint8Array(16),
    logicalGeometry: Geometry.of(geometry),
  }).toBytes();
}
