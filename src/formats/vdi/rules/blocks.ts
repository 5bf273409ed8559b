import { formatHex } from '../../../codec/index.ts';
import { defineRules, describeBreach } from '../../../model/rule.ts';
import { describeRegion } from '../../shared/region-rules.ts';
import type { VdiFindings } from '../findings.ts';
import type { BlockMap } from '../layout/block-map.ts';
import type { VdiImage } from '../layout/image.ts';
import type { VdiWalk } from '../walk.ts';

const MAP = 'VirtualBox 7.0, VDICore.h, VDIIMAGEBLOCKPOINTER';
const HEADER = 'VirtualBox 7.0, VDICore.h, VDIHEADER1PLUS';

/** Damage that leaves blocks without an owner, or puts them in other places. */
const CAUSES_OF_GAPS = [
  'vdi/block-size-invalid',
  'vdi/block-extra-invalid',
  'vdi/block-extra-used',
  'vdi/blocks-too-few',
  'vdi/map-out-of-file',
  'vdi/data-offset-invalid',
  'vdi/map-all-zero',
  'vdi/entry-out-of-file',
  'vdi/entry-duplicate',
  'vdi/entry-out-of-range',
];

/** The rules on the entries of the block map and on the blocks that they point to. */
export const blockRules = defineRules<VdiImage, VdiFindings, VdiWalk>()({
  'vdi/map-all-zero': {
    severity: 'error',
    depth: 'metadata',
    title: 'The block map is all zeros',
    spec: MAP,
    repair: 'none',
    derivedFrom: ['vdi/data-offset-invalid'],
    message: ({ entries }) =>
      `all ${entries} entries of the block map are 0, where "not stored" would be 0xffffffff`,
    check({ file, map }, tell, facts) {
      const walk = facts.walk(file);
      if (map === null || walk === undefined || map.present < 2 || walk.atZero < map.present) return;
      const at = { file, offset: map.offset, length: 4 * map.present, field: 'map' };
      tell({ at, data: { entries: map.present }, guestOffset: 0, expected: '0xffffffff', actual: '0' });
    },
  },
  'vdi/entry-out-of-file': {
    severity: 'error',
    depth: 'metadata',
    title: 'A block is outside the file',
    spec: MAP,
    repair: 'lossy',
    derivedFrom: ['vdi/block-extra-invalid', 'vdi/data-offset-invalid'],
    message: describeRegion,
  },
  'vdi/entry-duplicate': {
    severity: 'error',
    depth: 'metadata',
    title: 'Two entries of the block map point to the same block',
    spec: MAP,
    repair: 'none',
    derivedFrom: ['vdi/map-all-zero'],
    message: describeRegion,
  },
  'vdi/entry-out-of-range': {
    severity: 'error',
    depth: 'metadata',
    title: 'An entry points to a block above the number of blocks',
    spec: 'QEMU 7.2, block/vdi.c, vdi_co_check',
    repair: 'none',
    derivedFrom: ['vdi/blocks-too-few', 'vdi/data-offset-invalid'],
    message: ({ index, entry, entries }) =>
      `map[${index}] points to stored block ${entry}, but an image of ${entries} blocks has none above ${entries - 1}`,
  },
  'vdi/entry-beyond-disk': {
    severity: 'warning',
    depth: 'metadata',
    title: 'A block past the end of the disk is stored',
    spec: MAP,
    repair: 'lossy',
    derivedFrom: ['vdi/disk-size-zero', 'vdi/map-all-zero', 'vdi/data-offset-invalid'],
    message: ({ first, count, needed }) =>
      count === 1
        ? `map[${first}] points to a stored block, but the disk has ${needed} blocks only`
        : `map[${first}] to map[${first + count - 1}] point to stored blocks, but the disk has ${needed} blocks only`,
  },
  'vdi/static-block-missing': {
    severity: 'warning',
    depth: 'metadata',
    title: 'A static image with blocks that are not stored',
    spec: 'VirtualBox 7.0, VDICore.h, VDI_IMAGE_TYPE_FIXED',
    repair: 'decision',
    message: ({ first, count }) =>
      `${count} ${count === 1 ? 'block' : 'blocks'} from block ${first} on ${count === 1 ? 'is' : 'are'} not stored, in a static image`,
  },
  'vdi/allocated-exceeds-blocks': {
    severity: 'error',
    depth: 'header',
    title: 'More blocks are stored than there are',
    spec: 'VirtualBox 7.0, VDI.cpp, vdiValidateHeader',
    repair: 'safe',
    derivedFrom: ['vdi/blocks-too-few'],
    message: describeBreach,
  },
  'vdi/allocated-too-small': {
    severity: 'error',
    depth: 'metadata',
    title: 'The next block would be stored over one that is there',
    spec: `${HEADER}, cBlocksAllocated`,
    repair: 'safe',
    derivedFrom: [
      'vdi/block-size-invalid',
      'vdi/entry-out-of-range',
      'vdi/data-offset-invalid',
      'vdi/map-all-zero',
    ],
    message: ({ allocated, last }) =>
      `the header counts ${allocated} stored blocks, but the map points to stored block ${last}`,
    check({ file, header, map }, tell, facts) {
      const walk = facts.walk(file);
      const allocated = header.fields.numBlocksAllocated;
      if (map === null || walk === undefined || allocated > walk.last) return;
      tell({
        at: header.at('num_blocks_allocated'),
        data: { allocated, last: walk.last },
        expected: `at least ${walk.last + 1}`,
        actual: String(allocated),
      });
    },
  },
  'vdi/allocated-too-large': {
    severity: 'warning',
    depth: 'metadata',
    title: 'The header counts more stored blocks than the map has',
    spec: `${HEADER}, cBlocksAllocated`,
    repair: 'safe',
    derivedFrom: ['vdi/allocated-exceeds-blocks', 'vdi/space-unreferenced', ...CAUSES_OF_GAPS],
    message: ({ allocated, stored }) =>
      `the header counts ${allocated} stored blocks, the map has ${stored}: the next one leaves a gap`,
    check({ file, header, map }, tell, facts) {
      const walk = facts.walk(file);
      const allocated = header.fields.numBlocksAllocated;
      if (map === null || walk === undefined || allocated <= Math.max(walk.last + 1, walk.stored)) return;
      tell({
        at: header.at('num_blocks_allocated'),
        data: { allocated, stored: walk.stored },
        expected: String(walk.stored),
        actual: String(allocated),
      });
    },
  },
  'vdi/space-unreferenced': {
    severity: 'leak',
    depth: 'metadata',
    title: 'Blocks in the file that no entry points to',
    spec: HEADER,
    repair: 'lossy',
    derivedFrom: CAUSES_OF_GAPS,
    message: ({ start, length }) => `${length} bytes from byte ${start} on belong to no block`,
    check({ file, map, source }, tell, facts) {
      const ownership = facts.ownership(file);
      if (map === null || ownership === undefined) return;
      for (const { start, length } of ownership.gaps(map.dataOffset, endOfWholeBlocks(map, source.size)))
        tell({ at: { file, offset: start, length, field: null }, data: { start, length } });
    },
  },
  'vdi/trailing-data': {
    severity: 'info',
    depth: 'metadata',
    title: 'Bytes after the last block',
    spec: HEADER,
    repair: 'lossy',
    derivedFrom: [...CAUSES_OF_GAPS, 'vdi/space-unreferenced'],
    message: ({ start, length }) => `${length} bytes from byte ${start} on are not a whole block`,
    check({ file, map, source }, tell, facts) {
      const ownership = facts.ownership(file);
      if (map === null || ownership === undefined) return;
      const start = endOfWholeBlocks(map, source.size);
      const length = source.size - start;
      if (length <= 0 || ownership.end > start) return;
      tell({
        at: { file, offset: start, length, field: null },
        data: { start, length },
        actual: formatHex(length),
      });
    },
  },
});

/** First byte after the last whole block that the file has room for; the data offset where the file ends before it. */
function endOfWholeBlocks({ dataOffset, stride }: BlockMap, fileSize: number): number {
  return dataOffset + Math.max(0, Math.floor((fileSize - dataOffset) / stride)) * stride;
}
