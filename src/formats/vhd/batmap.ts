import { BatmapHeader } from '../../../generated/vhd.ts';
import { fileOffset, readAvailable, type Source } from '../../io/source.ts';
import { SECTOR_SIZE, toSafeNumber } from '../../model/offsets.ts';
import type { BreachSink } from '../../codec/index.ts';
import { computeChecksum, computeSignedChecksum } from './checksum.ts';
import type { FoundBatmap } from './types.ts';

const COOKIE = 'tdbatmap';

/** Bytes of a map that are read: bits for the largest table that is read, and a margin. */
const MAX_MAP_BYTES = 4 * 2 ** 20;

/** Version of the batmap whose checksum adds up signed bytes. */
const SIGNED_SUM_VERSION = 0x10001;

/**
 * Reads blktap's batmap behind the block allocation table.
 *
 * @param sinkAt makes the sink for breaches of the structure at that position
 * @returns `null` where none begins there
 */
export async function readBatmap(
  source: Source,
  offset: number,
  limit: number,
  sinkAt: (offset: number) => BreachSink,
): Promise<FoundBatmap | null> {
  const bytes = await readAvailable(source, fileOffset(offset), SECTOR_SIZE);
  const cookie = String.fromCharCode(...bytes.subarray(0, COOKIE.length));
  if (bytes.length < SECTOR_SIZE || cookie !== COOKIE) return null;
  const fields = BatmapHeader.decode(bytes, sinkAt(offset));
  if (fields === undefined) return null;
  const mapOffset = toSafeNumber(fields.batmapOffset) ?? Infinity;
  const length = fields.batmapSize * SECTOR_SIZE;
  const isInside =
    mapOffset % SECTOR_SIZE === 0 && mapOffset > 0 && mapOffset + length <= limit && length <= MAX_MAP_BYTES;
  const map = isInside && length > 0 ? await source.read(fileOffset(mapOffset), length) : null;
  const isTrusted = map !== null && sumsOf(map, fields.batmapVersion).includes(fields.checksum);
  return { name: 'batmap', offset, bytes, fields, isTrusted, map, mapOffset };
}

/** The checksums that a map may have; version 1.1 was written with both. */
function sumsOf(map: Uint8Array, version: number): readonly number[] {
  const plain = computeChecksum(map);
  return version === SIGNED_SUM_VERSION ? [computeSignedChecksum(map), plain] : [plain];
}

/** Whether the map says that every sector of block `index` is written. */
export function hasBatmapBit(map: Uint8Array, index: number): boolean {
  return ((map[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0;
}
