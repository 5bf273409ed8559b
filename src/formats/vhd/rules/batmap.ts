import { formatHex, type Breach } from '../../../codec/index.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import { defineRules } from '../../../model/rule.ts';
import { fieldFault } from '../../shared/field-fault.ts';
import type { VhdFindings } from '../findings.ts';
import { hasBatmapBit } from '../layout/batmap.ts';
import { isBlktap } from '../layout/creator.ts';
import { UNALLOCATED, type VhdImage } from '../layout/image.ts';
import { entryPlace } from '../layout/place.ts';
import { tableBytes } from '../layout/table.ts';
import type { VhdWalk } from '../walk.ts';

const BATMAP = 'blktap, libvhd: batmap';

/** First version of blktap whose disks always have a batmap. */
const FIRST_WITH_BATMAP = 0x10002;

/** The rules on blktap's batmap. */
export const batmapRules = defineRules<VhdImage, VhdFindings, VhdWalk>()({
  'vhd/batmap-cookie': {
    severity: 'warning',
    depth: 'metadata',
    title: 'No batmap after the table',
    spec: BATMAP,
    repair: 'safe',
    derivedFrom: ['vhd/bat-out-of-file', 'vhd/max-entries-too-small', 'vhd/max-entries-excess'],
    message: () =>
      'a disk of this version of blktap has a batmap after its table, but no "tdbatmap" is there',
    check({ file, footer, blocks, batmap }, tell) {
      if (!footer.isTrusted || blocks?.isTrusted !== true || batmap !== null) return;
      const { creatorVersion } = footer.fields;
      if (!isBlktap(footer.fields) || creatorVersion < FIRST_WITH_BATMAP) return;
      const offset = blocks.offset + tableBytes(blocks.entries.length);
      const at = { file, offset, length: 8, field: 'batmap.cookie' };
      const expected = 'tdbatmap';
      const data: Breach = {
        type: 'batmap_header',
        field: 'batmap.cookie',
        offset: 0,
        size: 8,
        kind: 'notEqual',
        expected,
        actual: 'something else',
        rule: 'vhd/batmap-cookie',
      };
      tell({ at, data, expected });
    },
  },
  'vhd/batmap-header': {
    severity: 'error',
    depth: 'metadata',
    title: 'The batmap header is wrong',
    spec: BATMAP,
    repair: 'safe',
    message: ({ field, expected, actual }) => `${field} is ${actual}, must be ${expected}`,
    check({ batmap, blocks, limit }, tell) {
      if (batmap === null || blocks?.isTrusted !== true) return;
      const { batmapOffset, batmapSize, batmapVersion } = batmap.header.fields;
      const needed = Math.ceil(blocks.needed / 8 / SECTOR_SIZE);
      if (batmapOffset < 512n || batmapSize === 0 || batmapVersion > FIRST_WITH_BATMAP) return;
      if (batmap.map === null) {
        const expected = `a multiple of 512 with ${batmapSize} sectors in front of byte ${limit}`;
        tell(fieldFault(batmap.header, 'batmap_offset', { expected, actual: formatHex(batmapOffset) }));
      } else if (batmapSize < needed) {
        tell(
          fieldFault(batmap.header, 'batmap_size', {
            expected: `at least ${needed}`,
            actual: String(batmapSize),
          }),
        );
      }
    },
  },
  'vhd/batmap-checksum': {
    severity: 'error',
    depth: 'metadata',
    title: 'Checksum of the batmap does not match its content',
    spec: BATMAP,
    repair: 'safe',
    derivedFrom: ['vhd/batmap-header'],
    message: ({ stored }) =>
      `the checksum of the batmap is ${formatHex(stored, 4)}, but its bytes give another`,
    check({ batmap }, tell) {
      if (batmap === null || batmap.map === null || batmap.header.isTrusted) return;
      const { checksum: stored } = batmap.header.fields;
      tell({ at: batmap.header.at('checksum'), data: { stored }, actual: formatHex(stored, 4) });
    },
  },
  'vhd/batmap-unallocated-full': {
    severity: 'error',
    depth: 'metadata',
    title: 'The batmap calls a block full that is not stored',
    spec: BATMAP,
    repair: 'safe',
    derivedFrom: ['vhd/batmap-checksum', 'vhd/batmap-header', 'vhd/bat-all-zero'],
    message: ({ index }) =>
      `the batmap says that block ${index} is written in full, but bat[${index}] is not allocated`,
    check({ file, batmap, blocks }, tell) {
      if (batmap === null || batmap.map === null || blocks?.isTrusted !== true) return;
      const { map } = batmap;
      const { entries } = blocks;
      for (let index = 0; index < entries.length; index++) {
        if ((index & 7) === 0 && (map[index >> 3] ?? 0) === 0) {
          index += 7;
          continue;
        }
        if (!hasBatmapBit(map, index) || entries[index] !== UNALLOCATED) continue;
        tell({ at: entryPlace(file, blocks, index), data: { index }, guestOffset: index * blocks.blockSize });
      }
    },
  },
});
