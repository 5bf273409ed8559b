import { formatHex } from '../../../codec/index.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import { defineRules } from '../../../model/rule.ts';
import { describeRegion } from '../../shared/region-rules.ts';
import type { VhdFindings } from '../findings.ts';
import type { BlockTable, VhdImage } from '../layout/image.ts';
import { entryPlace } from '../layout/place.ts';
import { isAllZero, storedBytes } from '../layout/table.ts';
import type { VhdWalk } from '../walk.ts';

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

const PAGE = 4096;

/** The rules on the block allocation table and on where blocks are. */
export const blockRules = defineRules<VhdImage, VhdFindings, VhdWalk>()({
  'vhd/bat-entry-out-of-file': {
    severity: 'error',
    depth: 'metadata',
    title: 'A block is outside the file',
    spec: TABLE,
    repair: 'lossy',
    derivedFrom: ['vhd/bat-out-of-file'],
    message: describeRegion,
  },
  'vhd/bat-entry-in-metadata': {
    severity: 'error',
    depth: 'metadata',
    title: 'A block overlaps a header or table',
    spec: TABLE,
    repair: 'lossy',
    message: describeRegion,
  },
  'vhd/bat-entry-duplicate': {
    severity: 'error',
    depth: 'metadata',
    title: 'Two table entries point to the same block',
    spec: TABLE,
    repair: 'none',
    message: describeRegion,
  },
  'vhd/bat-block-overlap': {
    severity: 'error',
    depth: 'metadata',
    title: 'Two blocks overlap',
    spec: TABLE,
    repair: 'none',
    message: describeRegion,
  },
  'vhd/bat-entry-beyond-size': {
    severity: 'warning',
    depth: 'metadata',
    title: 'A block past the end of the disk',
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
  },
  'vhd/bat-padding': {
    severity: 'info',
    depth: 'metadata',
    title: 'Odd bytes after the last table entry',
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
  },
  'vhd/bat-all-zero': {
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
  },
  'vhd/block-alignment': {
    severity: 'info',
    depth: 'metadata',
    title: 'Block data are not aligned to 4 KiB',
    spec: 'VHD 1.0, Data Blocks',
    repair: 'none',
    derivedFrom: ['vhd/bat-all-zero'],
    message: ({ index, count, total, offset }) =>
      total === 1
        ? `the only block's data is not 4 KiB aligned: it begins at byte ${offset}`
        : `the data of ${count} of ${total} blocks is not 4 KiB aligned; the first is block ${index}, at byte ${offset}`,
    check({ file, blocks }, tell) {
      if (blocks?.isTrusted !== true) return;
      const { index, count, total, offset } = findUnaligned(blocks);
      if (count === 0) return;
      tell({ at: entryPlace(file, blocks, index), data: { index, count, total, offset } });
    },
  },
  'vhd/space-unreferenced': {
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
  },
  'vhd/footer-position': {
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
  },
  'vhd/metadata-overlap': {
    severity: 'error',
    depth: 'metadata',
    title: 'Headers or tables overlap',
    spec: 'VHD 1.0, Dynamic Disk Image',
    repair: 'none',
    message: describeRegion,
  },
});

function findUnaligned({ entries, stored, bitmapBytes }: BlockTable) {
  const isUnaligned = (index: number) => ((entries[index] ?? 0) * SECTOR_SIZE + bitmapBytes) % PAGE !== 0;
  const index = stored.find(isUnaligned) ?? 0;
  const count = stored.reduce((sum, at) => (isUnaligned(at) ? sum + 1 : sum), 0);
  return { index, count, total: stored.length, offset: (entries[index] ?? 0) * SECTOR_SIZE + bitmapBytes };
}

/**
 * Whether what begins at `position` has been put at a multiple of 4 KiB: a table itself, the data of a block after
 * its bitmap.
 */
function isAligned(position: number, { bitmapBytes }: BlockTable): boolean {
  return position % PAGE === 0 || (position + bitmapBytes) % PAGE === 0;
}

/**
 * First byte of the first block and first byte after the last, of blocks inside the file; `limit` and 0 where there
 * are none.
 */
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
