import { formatHex } from '../../../codec/index.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { RegionRule } from '../../../model/owners.ts';
import { defineRule, type RaisableRule } from '../../../model/rule.ts';
import { defineRegionRule } from '../../shared/region-rules.ts';
import { entryPlace } from '../place.ts';
import { isAllZero, storedBytes } from '../table.ts';
import type { BlockTable, VhdImage } from '../types.ts';

const TABLE = 'VHD 1.0, Block Allocation Table';

/** Damage that leaves blocks without an owner, or the end of the file in the wrong place. */
const CAUSES_OF_GAPS = [
  'vhd/footer-missing',
  'vhd/footer-truncated',
  'vhd/header-checksum',
  'vhd/bat-out-of-file',
  'vhd/max-entries-too-small',
  'vhd/bat-all-zero',
  'vhd/bat-entry-out-of-file',
  'vhd/bat-entry-in-metadata',
  'vhd/bat-entry-duplicate',
  'vhd/bat-block-overlap',
  'vhd/batmap-cookie',
  'vhd/batmap-header',
  'vhd/locator-bounds',
  'vhd/metadata-overlap',
];

/** A block that the file does not hold. */
export const batEntryOutOfFile: RegionRule = defineRegionRule({
  id: 'vhd/bat-entry-out-of-file',
  severity: 'error',
  depth: 'metadata',
  title: 'A block lies outside the file',
  spec: TABLE,
  repair: 'lossy',
  derivedFrom: ['vhd/bat-out-of-file'],
  explanation: {
    what: 'A table entry points to a block of which at least the end lies behind the place where the footer begins.',
    why: 'The guest data of this block are lost, or mixed with the footer.',
    how: 'A file that was cut off, a copy that ended early, or a damaged table entry.',
    readers: 'QEMU refuses the file as a whole, vhd-util reports it; libvhdi fails when the block is read.',
    repair:
      'Copy the file again. Without a source, the entry can be set to "not allocated": the guest then reads zeros.',
  },
});

/** A block in the place of a header or table. */
export const batEntryInMetadata: RegionRule = defineRegionRule({
  id: 'vhd/bat-entry-in-metadata',
  severity: 'error',
  depth: 'metadata',
  title: 'A block lies on a header or table',
  spec: TABLE,
  repair: 'lossy',
  explanation: {
    what: 'A table entry points to a block that takes up bytes of the footer copy, the header, the table, the batmap or a parent locator.',
    why: 'The guest reads headers as its data, and the next write to this block destroys the disk.',
    how: 'A damaged table entry; 0 where zeros were written over the table.',
    readers: 'vhd-util reports it; QEMU and libvhdi read, and write, whatever is there.',
    repair: 'The entry can be set to "not allocated"; the data that it meant are somewhere else, or lost.',
  },
});

/** Two entries for one block. */
export const batEntryDuplicate: RegionRule = defineRegionRule({
  id: 'vhd/bat-entry-duplicate',
  severity: 'error',
  depth: 'metadata',
  title: 'Two table entries point to the same block',
  spec: TABLE,
  repair: 'none',
  explanation: {
    what: 'Two entries of the table have the same sector number.',
    why: 'Two ranges of the disk are one: what the guest writes to one of them appears in the other. At least one of them shows wrong data already.',
    how: 'A crash while a block was allocated, two writers at once, or a damaged table.',
    readers: 'vhd-util reports it; QEMU, libvhdi and Hyper-V notice nothing.',
    repair:
      'Which entry owns the block cannot be told from the image. Restore it, or compare both ranges with a backup.',
  },
});

/** Two blocks that share bytes. */
export const batBlockOverlap: RegionRule = defineRegionRule({
  id: 'vhd/bat-block-overlap',
  severity: 'error',
  depth: 'metadata',
  title: 'Two blocks overlap',
  spec: TABLE,
  repair: 'none',
  explanation: {
    what: 'Two entries of the table point to blocks that share a part of their bytes.',
    why: 'Writes to one block destroy data, or the sector bitmap, of the other.',
    how: 'A damaged table entry, or a writer that computed the end of the file wrongly.',
    readers: 'vhd-util reports it; QEMU, libvhdi and Hyper-V notice nothing.',
    repair:
      'Which block is whole cannot be told from the image. Restore it, or compare both ranges with a backup.',
  },
});

/** A block behind the end of the disk. */
export const batEntryBeyondSize: RaisableRule<
  VhdImage,
  { readonly index: number; readonly needed: number; readonly sector: number }
> = defineRule({
  id: 'vhd/bat-entry-beyond-size',
  severity: 'warning',
  depth: 'metadata',
  title: 'A block behind the end of the disk',
  spec: TABLE,
  repair: 'lossy',
  derivedFrom: ['vhd/bat-all-zero', 'vhd/current-size-zero'],
  message: ({ index, needed, sector }) =>
    `bat[${index}] points to sector ${sector}, but the disk has ${needed} blocks only`,
  check({ file, blocks }, tell) {
    if (blocks?.isTrusted !== true) return;
    const { entries, stored, needed } = blocks;
    for (let last = stored.length - 1; last >= 0; last--) {
      const index = stored[last] ?? 0;
      const sector = entries[index] ?? 0;
      if (index < needed) return;
      const at = entryPlace(file, blocks, index);
      tell({ at, data: { index, needed, sector }, actual: formatHex(sector, 4), expected: '0xffffffff' });
    }
  },
  explanation: {
    what: 'A table entry behind the last block of the disk is in use.',
    why: 'The guest cannot reach this block: it is lost space, or a sign that the size is wrong.',
    how: 'A disk that was made smaller in the footer only.',
    readers: 'All readers ignore such entries.',
    repair: 'The entry can be set to "not allocated"; if the size is what is wrong, correct that.',
  },
});

/** Odd bytes behind the table. */
export const batPadding: RaisableRule<VhdImage, { readonly bytes: number }> = defineRule({
  id: 'vhd/bat-padding',
  severity: 'info',
  depth: 'metadata',
  title: 'Odd bytes behind the last table entry',
  spec: TABLE,
  repair: 'safe',
  message: ({ bytes }) =>
    `the ${bytes} bytes between the table and the end of its sector are neither all 00 nor all ff`,
  check({ file, blocks }, tell) {
    if (blocks?.isTrusted !== true || blocks.padding.length === 0) return;
    const { padding, offset, entries } = blocks;
    const [first] = padding;
    if ((first === 0 || first === 0xff) && padding.every((byte) => byte === first)) return;
    const at = { file, offset: offset + entries.length * 4, length: padding.length, field: 'bat_padding' };
    tell({ at, data: { bytes: padding.length } });
  },
  explanation: {
    what: 'The table is padded to whole sectors, with ff by most writers and 00 by some; here the padding is something else.',
    why: 'Guest data are not affected. Readers that take whole sectors of entries see blocks that do not exist.',
    how: 'A table whose number of entries was made smaller, or leftovers in the buffer of the writer.',
    readers: 'Some readers expect ff there; most do not look.',
    repair: 'The padding is set to ff.',
  },
});

/** A table of nothing but zeros. */
export const batAllZero: RaisableRule<VhdImage, { readonly entries: number }> = defineRule({
  id: 'vhd/bat-all-zero',
  severity: 'error',
  depth: 'metadata',
  title: 'The block allocation table is all zeros',
  spec: TABLE,
  repair: 'none',
  message: ({ entries }) =>
    `all ${entries} entries of the table are 0, where "not allocated" would be 0xffffffff`,
  check({ file, blocks }, tell) {
    if (blocks?.isTrusted !== true || !isAllZero(blocks)) return;
    const { offset, entries } = blocks;
    const at = { file, offset, length: entries.length * 4, field: 'bat' };
    tell({ at, data: { entries: entries.length }, guestOffset: 0, actual: '0', expected: '0xffffffff' });
  },
  explanation: {
    what: 'Every entry of the table is 0, which would put all blocks on the first sector of the file.',
    why: 'The table is lost: where the blocks belong is not known any more, though their data may still be in the file.',
    how: 'A file system that lost the sectors in a crash, a sparse copy that skipped them, or a writer that thinks 0 means "not allocated".',
    readers: 'QEMU and libvhdi show headers as guest data; vhd-util reports it.',
    repair: 'Restore the image. Blocks that were written in order may be put back by hand.',
  },
});

const PAGE = 4096;

/** Blocks whose data do not begin at 4 KiB boundaries. */
export const blockAlignment: RaisableRule<
  VhdImage,
  { readonly index: number; readonly count: number; readonly total: number; readonly offset: number }
> = defineRule({
  id: 'vhd/block-alignment',
  severity: 'info',
  depth: 'metadata',
  title: 'Block data are not aligned to 4 KiB',
  spec: 'VHD 1.0, Data Blocks',
  repair: 'none',
  derivedFrom: ['vhd/bat-all-zero'],
  message: ({ index, count, total, offset }) =>
    `the data of ${count} of ${total} blocks do not begin at a multiple of 4096 bytes; the first is block ${index}, at byte ${offset}`,
  check({ file, blocks }, tell) {
    if (blocks?.isTrusted !== true) return;
    const { index, count, total, offset } = findUnaligned(blocks);
    if (count === 0) return;
    tell({ at: entryPlace(file, blocks, index), data: { index, count, total, offset } });
  },
  explanation: {
    what: 'The sector bitmap in front of each block shifts its data by a sector, unless the writer leaves a gap.',
    why: 'Guest data are not affected. On storage with 4 KiB sectors every write of the guest becomes a read and two writes.',
    how: 'QEMU, VirtualBox and Xen Orchestra put blocks one behind the other; blktap and Windows since version 8 leave gaps.',
    readers: 'All readers accept it.',
    repair: 'None needed; a conversion with alignment makes the disk faster.',
  },
});

function findUnaligned({ entries, stored, bitmapBytes }: BlockTable) {
  const isUnaligned = (index: number) => ((entries[index] ?? 0) * SECTOR_SIZE + bitmapBytes) % PAGE !== 0;
  const index = stored.find(isUnaligned) ?? 0;
  const count = stored.reduce((sum, at) => (isUnaligned(at) ? sum + 1 : sum), 0);
  return { index, count, total: stored.length, offset: (entries[index] ?? 0) * SECTOR_SIZE + bitmapBytes };
}

/** Space that nothing refers to. */
export const spaceUnreferenced: RaisableRule<VhdImage, { readonly start: number; readonly length: number }> =
  defineRule({
    id: 'vhd/space-unreferenced',
    severity: 'leak',
    depth: 'metadata',
    title: 'Space in the file that no block uses',
    spec: 'VHD 1.0, Dynamic Disk Image',
    repair: 'lossy',
    derivedFrom: CAUSES_OF_GAPS,
    message: ({ start, length }) =>
      `${length} bytes from byte ${start} on belong to no block and to no other structure`,
    check(image, tell, facts) {
      const ownership = facts.ownership(image.file);
      if (ownership === undefined || image.blocks?.isTrusted !== true) return;
      const { firstBlock } = extentOfBlocks(image.blocks, image.limit);
      for (const { start, length } of ownership.gaps(0, image.limit)) {
        const end = start + length;
        const room = end <= firstBlock ? 2 * PAGE : PAGE;
        if (length < room && isAligned(end, image.blocks)) continue;
        tell({ at: { file: image.file, offset: start, length, field: null }, data: { start, length } });
      }
    },
    explanation: {
      what: 'Bytes between the headers and the footer that no table entry and no header field refers to. Gaps below 4 KiB (8 KiB in front of the first block) that put what follows at a multiple of 4 KiB are left by writers on purpose and are not counted.',
      why: 'Nothing is lost, the file is only larger than it needs to be; it may hold old data of the guest. Importers that compute the size of a VHD stream from its table (XenServer) stumble over it.',
      how: 'A crash between the writing of a block and of its table entry, or a tool that freed blocks and left them in the file.',
      readers: 'All readers ignore it.',
      repair: 'Convert the disk, or move the blocks together and the footer behind them.',
    },
  });

/** A footer that does not follow the last block. */
export const footerPosition: RaisableRule<VhdImage, { readonly end: number; readonly limit: number }> =
  defineRule({
    id: 'vhd/footer-position',
    severity: 'warning',
    depth: 'metadata',
    title: 'The footer does not follow the last block',
    spec: 'VHD 1.0, Dynamic Disk Image',
    repair: 'safe',
    derivedFrom: CAUSES_OF_GAPS,
    message: ({ end, limit }) => `the last block ends at byte ${end}, the footer begins at byte ${limit}`,
    check({ file, blocks, limit, source }, tell) {
      if (blocks?.isTrusted !== true || limit === source.size) return;
      const { end } = extentOfBlocks(blocks, limit);
      const gap = limit - end;
      if (end === 0 || gap % storedBytes(blocks) === 0 || (gap < PAGE && isAligned(limit, blocks))) return;
      tell({ at: { file, offset: limit, length: SECTOR_SIZE, field: 'footer' }, data: { end, limit } });
    },
    explanation: {
      what: 'There is room between the end of the last block and the footer that is no whole number of blocks.',
      why: 'Guest data are not affected. Writers that append at the footer and writers that append behind the last block will put the next block in different places.',
      how: 'A file that was made larger by hand, or blocks moved without the footer. On a block device the footer stands at the end of the device.',
      readers:
        'QEMU puts the next block behind the last one, blktap aligned behind it; all readers accept the gap.',
      repair: 'The footer is written again behind the last block and the file cut off there.',
    },
  });

/** Whether what begins at `position` has been put at a multiple of 4 KiB: a table itself, the data of a block behind its bitmap. */
function isAligned(position: number, { bitmapBytes }: BlockTable): boolean {
  return position % PAGE === 0 || (position + bitmapBytes) % PAGE === 0;
}

/** First byte of the first block and first byte behind the last, of blocks inside the file; `limit` and 0 where there are none. */
function extentOfBlocks(blocks: BlockTable, limit: number): { firstBlock: number; end: number } {
  let [first, last] = [Infinity, -1];
  for (const index of blocks.stored) {
    const sector = blocks.entries[index] ?? 0;
    if (sector * SECTOR_SIZE >= limit) continue;
    if (sector < first) first = sector;
    if (sector > last) last = sector;
  }
  return last < 0
    ? { firstBlock: limit, end: 0 }
    : { firstBlock: first * SECTOR_SIZE, end: last * SECTOR_SIZE + storedBytes(blocks) };
}

/** Headers and tables that share bytes. */
export const metadataOverlap: RegionRule = defineRegionRule({
  id: 'vhd/metadata-overlap',
  severity: 'error',
  depth: 'metadata',
  title: 'Headers or tables overlap',
  spec: 'VHD 1.0, Dynamic Disk Image',
  repair: 'none',
  explanation: {
    what: 'Two of footer copy, dynamic header, block allocation table, batmap and parent locators share bytes.',
    why: 'They cannot both be right, and a write to one damages the other.',
    how: 'A damaged offset in one of the headers, or a table that grew over what stood behind it.',
    readers: 'vhd-util finds some of the cases; the others read whatever is there.',
    repair: 'Find out which of the two is damaged; what stands in a usual place mostly is not.',
  },
});

/** The rules on the block allocation table and on where blocks lie. */
export const blockRules: readonly RaisableRule<VhdImage, never>[] = [
  batEntryOutOfFile,
  batEntryInMetadata,
  batEntryDuplicate,
  batBlockOverlap,
  batEntryBeyondSize,
  batPadding,
  batAllZero,
  blockAlignment,
  spaceUnreferenced,
  footerPosition,
  metadataOverlap,
];
