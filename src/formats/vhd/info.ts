import type { Structure } from '../../codec/index.ts';
import type { DumpedStructure, ImageInfo } from '../../model/image.ts';
import { toSafeNumber } from '../../model/offsets.ts';
import type { Placed } from '../shared/placed.ts';
import { formatCode } from './layout/creator.ts';
import { geometryBytes } from './layout/geometry.ts';
import { formatTime, formatUuid, isNullUuid } from './layout/identity.ts';
import type { VhdImage } from './layout/image.ts';
import { parentName } from './layout/locators.ts';

/**
 * What `info` tells of a VHD. Readers disagree about its size, so all three are given: the current size, which is
 * the disk's here, the original size, and the one that follows from the geometry.
 */
export function describeInfo(image: VhdImage): ImageInfo {
  const { variant, footer, blocks, batmap } = image;
  const { fields } = footer;
  const { cylinders, heads, sectorsPerTrack } = fields.diskGeometry;
  return {
    clusterSize: blocks?.blockSize ?? null,
    formatSpecific: {
      type: variant,
      'unique-id': formatUuid(fields.uniqueId),
      'creator-application': formatCode(fields.creatorApplication),
      'creator-version': `${fields.creatorVersion >>> 16}.${fields.creatorVersion & 0xffff}`,
      'creator-host-os': formatCode(fields.creatorHostOs),
      timestamp: formatTime(fields.timeStamp),
      'current-size': exactNumber(fields.currentSize),
      'original-size': exactNumber(fields.originalSize),
      'geometry-size': geometryBytes(fields.diskGeometry),
      geometry: { cylinders, heads, 'sectors-per-track': sectorsPerTrack },
      'saved-state': fields.savedState !== 0,
      ...(fields.hidden === 0 ? {} : { hidden: true }),
      ...describeBlocks(image),
      ...(batmap === null ? {} : { batmap: true }),
    },
  };
}

/** A number where that is exact, else decimal text. */
function exactNumber(value: bigint): number | string {
  return toSafeNumber(value) ?? String(value);
}

function describeBlocks({ variant, header, blocks }: VhdImage): Record<string, unknown> {
  if (header === null) return {};
  const { fields } = header;
  const id = fields.parentUniqueId;
  return {
    'block-size': fields.blockSize,
    'max-table-entries': fields.maxTableEntries,
    ...(blocks === null ? {} : { 'table-offset': blocks.offset }),
    ...(variant !== 'differencing'
      ? {}
      : {
          'parent-name': parentName(header),
          'parent-unique-id': isNullUuid(id) ? null : formatUuid(id),
          'parent-timestamp': fields.parentTimeStamp === 0 ? null : formatTime(fields.parentTimeStamp),
        }),
  };
}

/** The header-like structures in the order in which they are in the file. */
export function dumpStructures(image: VhdImage): readonly DumpedStructure[] {
  const { file, header, batmap, footers } = image;
  const found: readonly (Placed<Structure> | null)[] = [
    footers.copy,
    header,
    batmap?.header ?? null,
    footers.end,
  ];
  return found
    .filter((structure) => structure !== null)
    .map(({ name, offset, bytes, fields }) => ({
      name,
      file,
      offset,
      size: bytes.length,
      fields: fields.fields(),
    }))
    .sort((a, b) => a.offset - b.offset);
}
