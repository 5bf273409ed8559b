import type { DynamicHeader } from '../../../generated/vhd.ts';
import { formatHex } from '../../codec/index.ts';
import { fileOffset } from '../../io/source.ts';
import { SECTOR_SIZE } from '../../model/offsets.ts';
import type { Owners, RegionKind } from '../../model/owners.ts';
import type { Place } from '../../model/problem.ts';
import { entryPlace, fieldPlace, locatorPlace } from './place.ts';
import { FOOTER_SIZE } from './probe.ts';
import {
  batBlockOverlap,
  batEntryDuplicate,
  batEntryInMetadata,
  batEntryOutOfFile,
  metadataOverlap,
} from './rules/blocks.ts';
import { locatorBounds } from './rules/locators.ts';
import { isAllZero, storedBytes, tableBytes } from './table.ts';
import { UNALLOCATED, type BlockTable, type Found, type Locator, type VhdImage } from './types.ts';

/**
 * Tells who owns the bytes of a dynamic or differencing disk: its headers and tables, then the blocks. What hangs on a damaged header or a
 * lost table is left out: it would only repeat that finding.
 */
export function claimFile(image: VhdImage, owners: Owners): void {
  const { file, header, blocks } = image;
  claimStructure(owners, 'footer copy', { file, offset: 0, length: FOOTER_SIZE, field: 'footer_copy' });
  if (header === null) return;
  const headerPlace: Place = { file, offset: header.offset, length: header.bytes.length, field: 'header' };
  claimStructure(owners, 'dynamic disk header', headerPlace);
  if (blocks?.isTrusted === true) claimTable(image, blocks, owners);
  claimBatmap(image, owners);
  if (header.isTrusted) claimLocators(image, header, owners);
  if (blocks?.isTrusted === true && !isAllZero(blocks)) claimBlocks(image, blocks, owners);
}

/** Claims a structure that has a fixed place or is named by one header field, which is `pointer`. */
function claimStructure(owners: Owners, name: string, range: Place, pointer: Place = range): void {
  const kind: RegionKind = {
    name,
    role: 'fixed',
    rules: { overlap: metadataOverlap },
    locate: () => ({ at: pointer, guestOffset: null, actual: formatHex(range.offset ?? 0) }),
  };
  owners.range(kind, fileOffset(range.offset ?? 0), range.length ?? 0, 0);
}

function claimTable({ file, header }: VhdImage, { offset, entries }: BlockTable, owners: Owners): void {
  if (header === null) return;
  const range = { file, offset, length: tableBytes(entries.length), field: 'bat' };
  claimStructure(owners, 'block allocation table', range, fieldPlace(file, header, 'table_offset'));
}

function claimBatmap({ file, batmap }: VhdImage, owners: Owners): void {
  if (batmap === null) return;
  const { offset, map, mapOffset } = batmap;
  claimStructure(owners, 'batmap header', { file, offset, length: SECTOR_SIZE, field: batmap.name });
  if (map === null) return;
  const range = { file, offset: mapOffset, length: map.length, field: 'batmap_map' };
  claimStructure(owners, 'batmap', range, fieldPlace(file, batmap, 'batmap_offset'));
}

function claimLocators(image: VhdImage, header: Found<DynamicHeader>, owners: Owners): void {
  const kind = locatorKind(image, header);
  for (const locator of image.locators) {
    const { offset, index } = locator;
    if (offset === null || offset === 0 || offset % SECTOR_SIZE !== 0) owners.odd(kind, index, 0, 0);
    else owners.range(kind, fileOffset(offset), roomOf(locator), index);
  }
}

function locatorKind({ file, locators, limit }: VhdImage, header: Found<DynamicHeader>): RegionKind {
  const offsetOf = (index: number) => locators.find((locator) => locator.index === index)?.offset ?? null;
  const locate = (index: number) => ({
    at: locatorPlace(file, header, index),
    guestOffset: null,
    actual: formatOffset(offsetOf(index)),
  });
  return {
    name: 'parent locator',
    role: 'table',
    rules: {
      pastEnd: locatorBounds,
      straddlesEnd: locatorBounds,
      inMetadata: locatorBounds,
      overlap: metadataOverlap,
    },
    locate,
    explain(index, _high, _low, problems) {
      const length = locators.find((locator) => locator.index === index)?.length ?? 0;
      const region = `parent locator ${index}`;
      const data = { region, start: offsetOf(index) ?? Infinity, length, limit, other: null };
      problems.add(locatorBounds.report({ ...locate(index), data }));
    },
  };
}

function formatOffset(offset: number | null): string {
  return offset === null ? 'above 2^53' : formatHex(offset);
}

/** Bytes that a locator keeps for itself: its room where that is known and large enough, else whole sectors around its data. */
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
      pastEnd: batEntryOutOfFile,
      straddlesEnd: batEntryOutOfFile,
      inMetadata: batEntryInMetadata,
      duplicate: batEntryDuplicate,
      overlap: batBlockOverlap,
    },
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
