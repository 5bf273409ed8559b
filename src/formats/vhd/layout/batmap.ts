import { latin1 } from '../../../io/latin1.ts';
import { BatmapHeader } from '../../../../generated/vhd.ts';
import { fileOffset, readAvailable } from '../../../io/source.ts';
import { SECTOR_SIZE, toSafeNumber } from '../../../model/offsets.ts';
import { Placed } from '../../shared/placed.ts';
import { breachTeller } from '../../shared/spec-rules.ts';
import type { VhdContext } from '../findings.ts';
import { computeChecksum, computeSignedChecksum } from './checksum.ts';
import type { Batmap } from './image.ts';

const COOKIE = 'tdbatmap';

/** Bytes of a map that are read: bits for the largest table that is read, and a margin. */
const MAX_MAP_BYTES = 4 * 2 ** 20;

/** Version of the batmap whose checksum adds up signed bytes. */
const SIGNED_SUM_VERSION = 0x10001;

/**
 * Reads blktap's batmap after the block allocation table.
 *
 * @returns `null` where none begins there
 */
export async function readBatmap(
  { file, source, findings }: VhdContext,
  offset: number,
  limit: number,
): Promise<Batmap | null> {
  const bytes = await readAvailable(source, fileOffset(offset), SECTOR_SIZE);
  const cookie = latin1(bytes.subarray(0, COOKIE.length));
  if (bytes.length < SECTOR_SIZE || cookie !== COOKIE) return null;
  const place = { file, name: 'batmap', offset };
  const fields = BatmapHeader.decode(bytes, breachTeller(findings, place));
  if (fields === undefined) return null;
  const mapOffset = toSafeNumber(fields.batmapOffset) ?? Infinity;
  const length = fields.batmapSize * SECTOR_SIZE;
  const isInside =
    mapOffset % SECTOR_SIZE === 0 && mapOffset > 0 && mapOffset + length <= limit && length <= MAX_MAP_BYTES;
  const map = isInside && length > 0 ? await source.read(fileOffset(mapOffset), length) : null;
  const isTrusted = map !== null && sumsOf(map, fields.batmapVersion).includes(fields.checksum);
  return { header: new Placed(place, bytes, fields, isTrusted), map, mapOffset };
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
