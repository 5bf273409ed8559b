import { ImageType, type Header } from '../../../generated/vdi.ts';
import { UnreadableImageError } from '../../errors.ts';
import type { ParentLink } from '../../model/image.ts';
import type { FileLayout, WalkListeners } from '../../model/owners.ts';
import { SECTOR_SIZE, toSafeNumber } from '../../model/offsets.ts';
import type { Placed } from '../shared/placed.ts';
import type { VdiContext, VdiFindings } from './findings.ts';
import { describeInfo } from './info.ts';
import { locateMap, type BlockMap } from './layout/block-map.ts';
import { readHeader } from './layout/header.ts';
import { hasParent, type VdiImage, type VdiVariant } from './layout/image.ts';
import { formatUuid, isNullUuid } from './layout/uuid.ts';
import { mapRange } from './mappings.ts';
import { walkFile } from './walk.ts';

/**
 * Opens a VDI. The parent of a differencing image is known by its UUID only, so none is opened.
 *
 * @throws UnreadableImageError where the header is not whole, is of an unknown version, or the size of the disk
 *   does not fit 2^53 bytes
 * @throws UnsupportedFeatureError for version 0.2
 */
export async function openVdiImage(context: VdiContext): Promise<VdiImage> {
  const { file, source, findings } = context;
  const header = await readHeader(context);
  const size = toSafeNumber(header.fields.diskSize);
  if (size === null) {
    const data = { size: header.fields.diskSize };
    findings.tell('vdi/disk-size-limit', {
      at: header.at('disk_size'),
      data,
      actual: String(data.size),
      expected: 'below 2^53',
    });
    throw new UnreadableImageError(`${file.path}: the disk size of ${data.size} bytes does not fit 2^53`);
  }
  const variant = variantOf(header.fields);
  const map = locateMap(header.fields, source.size);
  const image: VdiImage = {
    format: 'vdi',
    variant,
    size,
    file,
    source,
    header,
    map,
    files: [file],
    parent: hasParent({ variant }) ? parentLink(header) : null,
    allocationUnit: map?.blockSize ?? null,
    mappings: (range) => mapRange(image, range),
    layout: () => (map === null ? null : layoutOf(map, source.size)),
    walk: (_, listeners: WalkListeners<VdiFindings>) => walkFile(image, listeners),
    structures: () => {
      const { name, offset, bytes, fields } = header;
      return [{ name, file, offset, size: bytes.length, fields: fields.fields() }];
    },
    info: () => describeInfo(image),
    close: async () => source.close(),
  };
  return image;
}

const VARIANTS: Readonly<Partial<Record<number, VdiVariant>>> = {
  [ImageType.dynamic]: 'dynamic',
  [ImageType.static]: 'static',
  [ImageType.undo]: 'undo',
  [ImageType.differencing]: 'differencing',
};

function variantOf({ imageType }: Header): VdiVariant | null {
  return VARIANTS[imageType] ?? null;
}

/** The parent, which has no name that a file could be looked for by. */
function parentLink({ fields: { uuidLinkage } }: Placed<Header>): ParentLink {
  const reason = isNullUuid(uuidLinkage)
    ? 'the image does not say which parent it has'
    : `the image names its parent by the UUID ${formatUuid(uuidLinkage)} only, so it was not looked for`;
  return {
    name: '',
    formatHint: 'vdi',
    state: 'not-followed',
    path: null,
    recognised: null,
    image: null,
    reason,
  };
}

/** Blocks begin at multiples of their size after the data offset; those of odd sizes are counted one by one. */
function layoutOf({ stride, dataOffset }: BlockMap, fileSize: number): FileLayout {
  if (Math.log2(stride) % 1 === 0)
    return { placement: 'aligned', unit: stride, origin: dataOffset, limit: fileSize };
  const unit = stride % SECTOR_SIZE === 0 ? stride : SECTOR_SIZE;
  return { placement: 'uniform', unit, origin: 0, limit: fileSize };
}
