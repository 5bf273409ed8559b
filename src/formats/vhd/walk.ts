import type { DynamicHeader } from '../../../generated/vhd.ts';
import { formatHex } from '../../codec/index.ts';
import { fileOffset } from '../../io/source.ts';
import { SECTOR_SIZE } from '../../model/offsets.ts';
import type { Owners, RegionFault, RegionKind, RegionRuleId, WalkListeners } from '../../model/owners.ts';
import type { Place } from '../../model/problem.ts';
import type { Placed } from '../shared/placed.ts';
import type { VhdFindings } from './findings.ts';
import { scanBitmaps, type BitmapScan } from './layout/bitmap-scan.ts';
import { UNALLOCATED, type BlockTable, type Locator, type VhdImage } from './layout/image.ts';
import { entryPlace, locatorPlace } from './layout/place.ts';
import { isAllZero, storedBytes, tableBytes } from './layout/table.ts';
import { FOOTER_SIZE } from './probe.ts';

type Listeners = WalkListeners<VhdFindings>;
type RegionRules = Partial<Record<RegionFault, RegionRuleId<VhdFindings>>>;

/** What rules may ask of the walk. */
export interface VhdWalk {
  /** Looks at the sector bitmaps of the stored blocks when it is asked first. */
  bitmaps(): Promise<BitmapScan>;
}

/** Goes over the tables of a dynamic or differencing disk. */
export function walkFile(image: VhdImage, listeners: Listeners): VhdWalk {
  claimRegions(image, listeners);
  let scan: Promise<BitmapScan> | undefined;
  return { bitmaps: () => (scan ??= scanBitmaps(image)) };
}

/**
 * Tells who owns the bytes: headers and tables, then the blocks. What depends on a damaged header or a lost table
 * is left out: it would only repeat that finding.
 */
function claimRegions(image: VhdImage, listeners: Listeners): void {
  const { owners } = listeners;
  const { file, header, blocks } = image;
  claimStructure(owners, 'footer copy', { file, offset: 0, length: FOOTER_SIZE, field: 'footer_copy' });
  if (header === null) return;
  const headerPlace: Place = { file, offset: header.offset, length: header.bytes.length, field: 'header' };
  claimStructure(owners, 'dynamic disk header', headerPlace);
  if (blocks?.isTrusted === true) claimTable(image, blocks, owners);
  claimBatmap(image, owners);
  if (header.isTrusted) claimLocators(image, header, listeners);
  if (blocks?.isTrusted === true && !isAllZero(blocks)) claimBlocks(image, blocks, owners);
}

/** Claims a structure that has a fixed place or is named by one header field, which is `pointer`. */
function claimStructure(owners: Owners, name: string, range: Place, pointer: Place = range): void {
  const kind: RegionKind = {
    name,
    role: 'fixed',
    rules: { overlap: 'vhd/metadata-overlap' } satisfies RegionRules,
    locate: () => ({ at: pointer, guestOffset: null, actual: formatHex(range.offset ?? 0) }),
  };
  owners.range(kind, fileOffset(range.offset ?? 0), range.length ?? 0, 0);
}

function claimTable({ file, header }: VhdImage, { offset, entries }: BlockTable, owners: Owners): void {
  if (header === null) return;
  const range = { file, offset, length: tableBytes(entries.length), field: 'bat' };
  claimStructure(owners, 'block allocation table', range, header.at('table_offset'));
}

function claimBatmap({ file, batmap }: VhdImage, owners: Owners): void {
  if (batmap === null) return;
  const { header, map, mapOffset } = batmap;
  claimStructure(owners, 'batmap header', header.whole(SECTOR_SIZE));
  if (map === null) return;
  const range = { file, offset: mapOffset, length: map.length, field: 'batmap_map' };
  claimStructure(owners, 'batmap', range, header.at('batmap_offset'));
}

function claimLocators(
  image: VhdImage,
  header: Placed<DynamicHeader>,
  { owners, findings }: Listeners,
): void {
  const kind = locatorKind(image, header);
  for (const locator of image.locators) {
    const { offset, index, length } = locator;
    if (offset === null || offset === 0 || offset % SECTOR_SIZE !== 0) {
      const region = `parent locator ${index}`;
      const data = { region, start: offset ?? Infinity, length, limit: image.limit, other: null };
      findings.tell('vhd/locator-bounds', { ...kind.locate(index), data });
    } else owners.range(kind, fileOffset(offset), roomOf(locator), index);
  }
}

function locatorKind({ locators }: VhdImage, header: Placed<DynamicHeader>) {
  const offsetOf = (index: number) => locators.find((locator) => locator.index === index)?.offset ?? null;
  const locate = (index: number) => ({
    at: locatorPlace(header, index),
    guestOffset: null,
    actual: formatOffset(offsetOf(index)),
  });
  return {
    name: 'parent locator',
    role: 'table' as const,
    rules: {
      pastEnd: 'vhd/locator-bounds',
      straddlesEnd: 'vhd/locator-bounds',
      inMetadata: 'vhd/locator-bounds',
      overlap: 'vhd/metadata-overlap',
    } satisfies RegionRules,
    locate,
  };
}

function formatOffset(offset: number | null): string {
  return offset === null ? 'above 2^53' : formatHex(offset);
}

/**
 * Bytes that a locator keeps for itself: its room where that is known and large enough, else whole sectors around
 * its data.
 */
function roomOf({ space, length }: Locator): number {
  const sectors = Math.ceil(length / SECTOR_SIZE) * SECTOR_SIZE;
  return space !== null && space >= length ? space : sectors;
}

function claimBlocks({ file }: VhdImage, blocks: BlockTable, owners: Owners): void {
  const { entries, stored, needed } = blocks;
  const unit = storedBytes(blocks);
  const unitSectors = unit / SECTOR_SIZE;
  const kind: RegionKind = {
    name: 'block',
    role: 'data',
    rules: {
      pastEnd: 'vhd/bat-entry-out-of-file',
      straddlesEnd: 'vhd/bat-entry-out-of-file',
      inMetadata: 'vhd/bat-entry-in-metadata',
      duplicate: 'vhd/bat-entry-duplicate',
      overlap: 'vhd/bat-block-overlap',
    } satisfies RegionRules,
    locate: (index) => ({
      at: entryPlace(file, blocks, index),
      guestOffset: index * blocks.blockSize,
      actual: formatHex(entries[index] ?? UNALLOCATED, 4),
    }),
  };
  let used = 0;
  for (let at = 0; at < stored.length;) {
    const index = stored[at] ?? 0;
    const sector = entries[index] ?? UNALLOCATED;
    let count = 1;
    while (entries[index + count] === sector + count * unitSectors) count++;
    owners.run(kind, fileOffset(sector * SECTOR_SIZE), unit, count, index);
    used += Math.max(0, Math.min(count, needed - index));
    at += count;
  }
  owners.allocated('data', used);
}
