import { formatHex, type Breach } from '../../../codec/index.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import { defineRule, type RaisableRule } from '../../../model/rule.ts';
import { hasBatmapBit } from '../batmap.ts';
import { isBlktap } from '../creator.ts';
import { entryPlace, fieldFinding, fieldPlace } from '../place.ts';
import { tableBytes } from '../table.ts';
import { UNALLOCATED, type VhdImage } from '../types.ts';

const BATMAP = 'blktap, libvhd: batmap';

/** First version of blktap whose disks always have a batmap. */
const FIRST_WITH_BATMAP = 0x10002;

/** The batmap that has to be there is not. */
export const batmapCookie: RaisableRule<VhdImage, Breach> = defineRule({
  id: 'vhd/batmap-cookie',
  severity: 'warning',
  depth: 'metadata',
  title: 'No batmap behind the table',
  spec: BATMAP,
  repair: 'safe',
  derivedFrom: ['vhd/bat-out-of-file', 'vhd/max-entries-too-small', 'vhd/max-entries-excess'],
  message: () =>
    'a disk of this version of blktap has a batmap behind its table, but no "tdbatmap" stands there',
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
  explanation: {
    what: 'blktap from version 1.2 on puts a batmap right behind the block allocation table; here none begins there.',
    why: 'Guest data are not affected, but blktap refuses the disk.',
    how: 'A tool that does not know the batmap: QEMU puts its first new block in this place.',
    readers: 'vhd-util calls the disk invalid; all other readers do not know the batmap.',
    repair: 'The batmap is built again from the sector bitmaps, if its place is free.',
  },
});

/** A batmap header that leads nowhere. */
export const batmapHeader: RaisableRule<VhdImage, Breach> = defineRule({
  id: 'vhd/batmap-header',
  severity: 'error',
  depth: 'metadata',
  title: 'The batmap header is wrong',
  spec: BATMAP,
  repair: 'safe',
  message: ({ field, expected, actual }) => `${field} is ${actual}, must be ${expected}`,
  check({ file, batmap, blocks, limit }, tell) {
    if (batmap === null || blocks?.isTrusted !== true) return;
    const { batmapOffset, batmapSize, batmapVersion } = batmap.fields;
    const needed = Math.ceil(blocks.needed / 8 / SECTOR_SIZE);
    if (batmapOffset < 512n || batmapSize === 0 || batmapVersion > FIRST_WITH_BATMAP) return;
    if (batmap.map === null) {
      const expected = `a multiple of 512 with ${batmapSize} sectors in front of byte ${limit}`;
      tell(fieldFinding(file, batmap, 'batmap_offset', { expected, actual: formatHex(batmapOffset) }));
    } else if (batmapSize < needed) {
      tell(
        fieldFinding(file, batmap, 'batmap_size', {
          expected: `at least ${needed}`,
          actual: String(batmapSize),
        }),
      );
    }
  },
  explanation: {
    what: 'Version, place or size of the batmap are impossible, or it is too small for the table.',
    why: 'blktap refuses the disk; with a map from a wrong place it would take sectors from the wrong layer.',
    how: 'A damaged sector, or a resize that was not finished.',
    readers: 'vhd-util refuses the file; all others do not know the batmap.',
    repair: 'The batmap is built again from the sector bitmaps.',
  },
});

/** The map does not have its checksum. */
export const batmapChecksum: RaisableRule<VhdImage, { readonly stored: number }> = defineRule({
  id: 'vhd/batmap-checksum',
  severity: 'error',
  depth: 'metadata',
  title: 'Checksum of the batmap does not match its content',
  spec: BATMAP,
  repair: 'safe',
  derivedFrom: ['vhd/batmap-header'],
  message: ({ stored }) =>
    `the checksum of the batmap is ${formatHex(stored, 4)}, but its bytes give another`,
  check({ file, batmap }, tell) {
    if (batmap === null || batmap.map === null || batmap.isTrusted) return;
    const { checksum: stored } = batmap.fields;
    tell({ at: fieldPlace(file, batmap, 'checksum'), data: { stored }, actual: formatHex(stored, 4) });
  },
  explanation: {
    what: 'The sum of the bytes of the map is not the one in its header.',
    why: 'At least one bit is wrong: blktap would take a block as written in full that is not, and show old data.',
    how: 'A damaged sector, a crash while the map was written, or a tool that changed it.',
    readers: 'vhd-util refuses the file; all others do not know the batmap.',
    repair: 'The batmap is built again from the sector bitmaps.',
  },
});

/** The map says that a block is full that is not even stored. */
export const batmapUnallocatedFull: RaisableRule<VhdImage, { readonly index: number }> = defineRule({
  id: 'vhd/batmap-unallocated-full',
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
  explanation: {
    what: 'The bit of a block in the batmap is set, but the block has no place in the file.',
    why: 'Either the map is wrong or the table lost an entry, and with it 2 MiB of guest data.',
    how: 'A crash while a block was allocated or given back, or a damaged table.',
    readers: 'blktap reads garbage instead of asking the parent; all others do not know the batmap.',
    repair: 'The bit is cleared, if the entry is known to be right.',
  },
});

/** What a spec says of the batmap's header is raised through these. */
export const batmapSpecRules: readonly RaisableRule<VhdImage, Breach>[] = [batmapCookie, batmapHeader];

/** The rules on blktap's batmap. */
export const batmapRules: readonly RaisableRule<VhdImage, never>[] = [
  batmapCookie,
  batmapHeader,
  batmapChecksum,
  batmapUnallocatedFull,
];
