import { formatHex } from '../../../codec/index.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import { defineRules, describeBreach } from '../../../model/rule.ts';
import { fieldFault } from '../../shared/field-fault.ts';
import type { VdiFindings } from '../findings.ts';
import { LEAST_MAP_OFFSET } from '../layout/block-map.ts';
import type { VdiImage } from '../layout/image.ts';
import type { VdiWalk } from '../walk.ts';

const HEADER = 'VirtualBox 7.0, VDICore.h, VDIHEADER1PLUS';
const VALIDATION = 'VirtualBox 7.0, VDI.cpp, vdiValidateHeader';

/** The rules on where block map and blocks are. */
export const layoutRules = defineRules<VdiImage, VdiFindings, VdiWalk>()({
  'vdi/blocks-offset-invalid': {
    severity: 'error',
    depth: 'header',
    title: 'The offset of the block map is impossible',
    spec: VALIDATION,
    repair: 'none',
    message: describeBreach,
    check({ header, source }, tell) {
      const { blocksOffset, numBlocks } = header.fields;
      if (blocksOffset < LEAST_MAP_OFFSET || blocksOffset < source.size || numBlocks === 0) return;
      const fault = { expected: `below ${source.size}, where the file ends`, actual: String(blocksOffset) };
      tell(fieldFault(header, 'blocks_offset', fault));
    },
  },
  'vdi/blocks-offset-unaligned': {
    severity: 'warning',
    depth: 'header',
    title: 'The block map does not begin at a sector',
    spec: `${HEADER}; QEMU 7.2, block/vdi.c`,
    repair: 'none',
    derivedFrom: ['vdi/blocks-offset-invalid'],
    message: ({ offset }) => `the block map begins at byte ${offset}, which is not a multiple of 512`,
    check({ header }, tell) {
      const offset = header.fields.blocksOffset;
      if (offset % SECTOR_SIZE === 0) return;
      const texts = { expected: 'a multiple of 512', actual: String(offset) };
      tell({ at: header.at('blocks_offset'), data: { offset }, ...texts });
    },
  },
  'vdi/map-out-of-file': {
    severity: 'error',
    depth: 'header',
    title: 'The block map does not fit into the file',
    spec: HEADER,
    repair: 'none',
    message: ({ entries, present, fileSize }) =>
      `the block map has ${entries} entries, but the file ends after ${present} of them, at byte ${fileSize}`,
    check({ header, map, source }, tell) {
      if (map === null || map.present === map.entries) return;
      const { entries, present, needed, blockSize } = map;
      tell({
        at: header.at('num_blocks'),
        data: { entries, present, fileSize: source.size },
        guestOffset: present < needed ? present * blockSize : null,
        expected: `at most ${present}`,
        actual: String(entries),
      });
    },
  },
  'vdi/data-offset-invalid': {
    severity: 'error',
    depth: 'header',
    title: 'Blocks begin inside the block map',
    spec: VALIDATION,
    repair: 'none',
    derivedFrom: ['vdi/map-out-of-file'],
    message: describeBreach,
    check({ header, map }, tell) {
      if (map === null) return;
      const end = map.offset + 4 * map.entries;
      if (map.dataOffset >= end) return;
      const fault = {
        expected: `at least ${end}, where the block map ends`,
        actual: formatHex(map.dataOffset),
      };
      tell(fieldFault(header, 'data_offset', fault));
    },
  },
  'vdi/data-offset-unaligned': {
    severity: 'warning',
    depth: 'header',
    title: 'Blocks do not begin at sectors',
    spec: `${HEADER}; QEMU 7.2, block/vdi.c`,
    repair: 'none',
    derivedFrom: ['vdi/data-offset-invalid'],
    message: ({ offset }) => `the first block begins at byte ${offset}, which is not a multiple of 512`,
    check({ header }, tell) {
      const offset = header.fields.dataOffset;
      if (offset % SECTOR_SIZE === 0) return;
      const texts = { expected: 'a multiple of 512', actual: String(offset) };
      tell({ at: header.at('data_offset'), data: { offset }, ...texts });
    },
  },
});
