import { zeroTerminated } from './layout/comment.ts';
import { formatVersion } from './layout/header.ts';
import { hasParent, type VdiImage } from './layout/image.ts';
import { formatUuid, isNullUuid } from './layout/uuid.ts';
import type { ImageInfo } from '../../model/image.ts';

/** What `info` tells of a VDI. QEMU says nothing of its own for this format, so the keys are ours. */
export function describeInfo(image: VdiImage): ImageInfo {
  const { fields } = image.header;
  const { cylinders = 0, heads = 0, sectorsPerTrack = 0 } = fields.logicalGeometry ?? {};
  const comment = zeroTerminated(fields.comment) ?? '';
  return {
    clusterSize: image.map?.blockSize ?? null,
    formatSpecific: {
      type: image.variant,
      version: formatVersion(fields.version),
      uuid: uuidOrNull(fields.uuidCreate),
      'modification-uuid': uuidOrNull(fields.uuidModify),
      ...(hasParent(image)
        ? {
            'parent-uuid': uuidOrNull(fields.uuidLinkage),
            'parent-modification-uuid': uuidOrNull(fields.uuidParentModify),
          }
        : {}),
      'block-size': fields.blockSize,
      ...(fields.blockExtra === 0 ? {} : { 'block-extra': fields.blockExtra }),
      blocks: fields.numBlocks,
      'blocks-allocated': fields.numBlocksAllocated,
      'map-offset': fields.blocksOffset,
      'data-offset': fields.dataOffset,
      ...(cylinders === 0 ? {} : { geometry: { cylinders, heads, 'sectors-per-track': sectorsPerTrack } }),
      ...(comment === '' ? {} : { comment }),
    },
  };
}

function uuidOrNull(bytes: Uint8Array): string | null {
  return isNullUuid(bytes) ? null : formatUuid(bytes);
}
