import { fileNameOf } from '../../model/file-name.ts';
import { DiskType, type DynamicHeader } from '../../../generated/vhd.ts';
import { UnreadableImageError, UnsupportedFeatureError } from '../../errors.ts';
import type { OpenContext } from '../../model/format.ts';
import { SECTOR_SIZE, toSafeNumber } from '../../model/offsets.ts';
import type { WalkListeners } from '../../model/owners.ts';
import type { Placed } from '../shared/placed.ts';
import type { VhdContext, VhdFindings } from './findings.ts';
import { describeInfo, dumpStructures } from './info.ts';
import { judgeFooters } from './judge-footers.ts';
import { readBatmap } from './layout/batmap.ts';
import { isBlktap } from './layout/creator.ts';
import { findFooters, isFixed, NOWHERE, type Footers } from './layout/footers.ts';
import { findHeader, hasHeader, locateTable } from './layout/header.ts';
import type { Batmap, BlockTable, PlacedFooter, VhdImage, VhdVariant } from './layout/image.ts';
import { locateParents, parentReference, readLocators } from './layout/locators.ts';
import { MAX_ENTRIES_READ, readBlockTable, storedBytes, tableBytes } from './layout/table.ts';
import { mapRange } from './mappings.ts';
import { FOOTER_SIZE } from './probe.ts';
import { walkFile } from './walk.ts';

/** Version of blktap whose bitmaps begin with the lowest bit of each byte. */
const LOW_BIT_FIRST_VERSION = 1;

/**
 * Opens a VHD.
 *
 * @throws UnreadableImageError where neither of the two footers is found, or the one that is has no size that can
 *   be worked with
 * @throws UnsupportedFeatureError for the first part of a disk that was split into several files
 */
export async function openVhdImage(context: VhdContext): Promise<VhdImage> {
  const footers = await findFooters(context);
  judgeFooters(context, footers);
  const { chosen: footer, limit } = footers;
  if (footers.end === null) await refuseSplitDisk(context);
  if (footer === null) throw new UnreadableImageError(`${context.file.path}: no usable footer is left`);
  const size = toSafeNumber(footer.fields.currentSize);
  if (size === null)
    throw new UnreadableImageError(
      `${context.file.path}: the disk size ${footer.fields.currentSize} does not fit 2^53 bytes`,
    );
  judgeFileSize(context);
  const variant = variantOf(footer);
  const header = variant === 'fixed' ? null : await findHeader(context, footer);
  await judgeLayout(context, footers, footer, header);
  const blocks = header === null ? null : await openTable(context, footer, header, limit);
  const batmap = blocks === null ? null : await openBatmap(context, footer, blocks, limit);
  const locators = header === null ? [] : await readLocators(context.source, header);
  const isChild = variant === 'differencing' && header !== null;
  const parent = isChild ? await context.openParent(parentReference(footer, header, locators)) : null;
  const locatedParents = parent?.state === 'opened' ? await locateParents(context, locators) : [];
  return createImage(context, {
    footers,
    footer,
    limit,
    size,
    variant,
    header,
    blocks,
    batmap,
    locators,
    parent,
    locatedParents,
  });
}

/** A file of other than whole sectors, unless its footer says more precisely what happened. */
function judgeFileSize({ file, source, findings }: VhdContext): void {
  const excess = source.size % SECTOR_SIZE;
  if (excess === 0) return;
  const at = { file, offset: source.size - excess, length: excess, field: null };
  findings.tell('file/size-not-sector-multiple', { at, data: { size: source.size } });
}

/** Types that are none of the three are taken by whether they point to a header. */
function variantOf(footer: PlacedFooter): VhdVariant {
  if (isFixed(footer)) return 'fixed';
  return footer.fields.diskType === DiskType.differencing ? 'differencing' : 'dynamic';
}

/** A file is the first part of a split disk if it has no footer and the second part, `.v01`, is beside it. */
async function refuseSplitDisk(context: OpenContext): Promise<void> {
  const { file } = context;
  const name = fileNameOf(file.path) ?? '';
  const second = name.replace(/\.vhd$/i, '.v01');
  if (second === name) return;
  const { state, file: part } = await context.openFile({ name: second }, 'extent');
  if (state !== 'opened') return;
  await part.source?.close();
  throw new UnsupportedFeatureError(
    `${file.path}: a VHD that is split into several files (${second} ...); join them before it is opened`,
  );
}

/** Compares what the type promises with the structures that are there. */
async function judgeLayout(
  context: VhdContext,
  { copy }: Footers,
  footer: PlacedFooter,
  header: Placed<DynamicHeader> | null,
): Promise<void> {
  const { source, findings } = context;
  const { diskType, dataOffset, currentSize } = footer.fields;
  if (!footer.isTrusted) return;
  const saysFixed = diskType === DiskType.fixed;
  const hasAll = saysFixed && copy?.isTrusted === true && (await hasHeader(context));
  const looksFixed = dataOffset === NOWHERE || BigInt(source.size - FOOTER_SIZE) === currentSize;
  const hasNone = !saysFixed && copy === null && header === null && looksFixed;
  if (!hasAll && !hasNone) return;
  const layout = hasAll
    ? 'has a footer copy and a dynamic header'
    : 'has neither footer copy nor dynamic header';
  const at = footer.at('disk_type');
  findings.tell('vhd/disk-type-layout-mismatch', {
    at,
    data: { diskType, layout },
    actual: String(diskType),
  });
}

async function openTable(
  context: VhdContext,
  footer: PlacedFooter,
  header: Placed<DynamicHeader>,
  limit: number,
): Promise<BlockTable | null> {
  const { blockSize, maxTableEntries: entries } = header.fields;
  const offset = locateTable(context, header, limit);
  if (offset === null || !isBlockSize(blockSize)) return null;
  judgeLimit(context, header, Math.min(entries, Math.floor((limit - offset) / 4)));
  const { creatorVersion, currentSize } = footer.fields;
  return readBlockTable(context.source, {
    offset,
    entries,
    blockSize,
    size: currentSize,
    limit,
    isTrusted: header.isTrusted,
    hasReserve: isBlktap(footer.fields),
    lowBitFirst: isBlktap(footer.fields) && creatorVersion === LOW_BIT_FIRST_VERSION,
  });
}

/** Says so where more table entries are in the file than are read. */
function judgeLimit({ findings }: VhdContext, header: Placed<DynamicHeader>, count: number): void {
  if (count <= MAX_ENTRIES_READ) return;
  const data = { what: 'entries of the block allocation table', count, limit: MAX_ENTRIES_READ };
  findings.tell('file/limit-exceeded', {
    at: header.at('max_table_entries'),
    data,
  });
}

/** Whether blocks of that size can be worked with; the spec reports those that cannot. */
function isBlockSize(blockSize: number): boolean {
  return blockSize >= SECTOR_SIZE && Math.log2(blockSize) % 1 === 0;
}

async function openBatmap(
  context: VhdContext,
  footer: PlacedFooter,
  { offset, entries }: BlockTable,
  limit: number,
): Promise<Batmap | null> {
  if (!isBlktap(footer.fields)) return null;
  return readBatmap(context, offset + tableBytes(entries.length), limit);
}

/** Everything that opening found out. */
type Parts = Pick<
  VhdImage,
  | 'footers'
  | 'footer'
  | 'limit'
  | 'size'
  | 'variant'
  | 'header'
  | 'blocks'
  | 'batmap'
  | 'locators'
  | 'parent'
  | 'locatedParents'
>;

function createImage({ file, source }: OpenContext, parts: Parts): VhdImage {
  const { variant, header, blocks, limit, parent } = parts;
  const image: VhdImage = {
    format: 'vhd',
    file,
    source,
    files: [file],
    allocationUnit: blocks?.blockSize ?? null,
    mappings: (range) => mapRange(image, range),
    layout: () =>
      variant === 'fixed' || header === null
        ? null
        : {
            placement: 'uniform',
            unit: blocks === null ? SECTOR_SIZE : storedBytes(blocks),
            origin: 0,
            limit,
          },
    walk: (_, listeners: WalkListeners<VhdFindings>) => walkFile(image, listeners),
    structures: () => dumpStructures(image),
    info: () => describeInfo(image),
    async close() {
      await parent?.image?.close();
      await source.close();
    },
    ...parts,
  };
  return image;
}
