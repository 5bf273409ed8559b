import { formatHex } from '../../../codec/index.ts';
import { defineRules, describeBreach } from '../../../model/rule.ts';
import type { VhdFindings } from '../findings.ts';
import { isBlktap } from '../layout/creator.ts';
import type { VhdImage } from '../layout/image.ts';
import { MAX_ENTRIES_READ, maxEntries, neededEntries } from '../layout/table.ts';
import type { VhdWalk } from '../walk.ts';

const HEADER_FORMAT = 'VHD 1.0, Dynamic Disk Header Format';

const USUAL_BLOCK_SIZE = 2 * 1024 * 1024;

/** The rules on the dynamic disk header. */
export const headerRules = defineRules<VhdImage, VhdFindings, VhdWalk>()({
  'vhd/data-offset-invalid': {
    severity: 'error',
    depth: 'header',
    title: 'The data offset points to no dynamic header',
    spec: 'VHD 1.0, Hard Disk Footer Format, Data Offset',
    repair: 'lossy',
    derivedFrom: ['vhd/disk-type-layout-mismatch'],
    message: ({ dataOffset, reason, foundAt }) =>
      `the data offset is ${formatHex(dataOffset)}, ${reason}` +
      (foundAt === null ? '' : `; a dynamic header is found at byte ${foundAt}`),
  },
  'vhd/header-cookie': {
    severity: 'error',
    depth: 'header',
    title: 'The dynamic header does not begin with "cxsparse"',
    spec: `${HEADER_FORMAT}, Cookie`,
    repair: 'none',
    message: describeBreach,
  },
  'vhd/header-checksum': {
    severity: 'error',
    depth: 'header',
    title: 'Checksum of the dynamic header does not match its content',
    spec: `${HEADER_FORMAT}, Checksum`,
    repair: 'safe',
    message: ({ stored, computed }) =>
      `the checksum is ${formatHex(stored, 4)}, but the bytes give ${formatHex(computed, 4)}`,
  },
  'vhd/header-version': {
    severity: 'error',
    depth: 'header',
    title: 'Unknown version of the dynamic header',
    spec: `${HEADER_FORMAT}, Header Version`,
    repair: 'safe',
    message: describeBreach,
  },
  'vhd/header-data-offset': {
    severity: 'warning',
    depth: 'header',
    title: 'The unused data offset of the header is not all ones',
    spec: `${HEADER_FORMAT}, Data Offset`,
    repair: 'safe',
    message: describeBreach,
  },
  'vhd/header-reserved': {
    severity: 'info',
    depth: 'header',
    title: 'Reserved bytes of the dynamic header are not zero',
    spec: `${HEADER_FORMAT}, Reserved`,
    repair: 'safe',
    message: ({ field, actual }) => `${field} should be zero, but contains ${actual}`,
  },
  'vhd/block-size-invalid': {
    severity: 'error',
    depth: 'header',
    title: 'The block size is no power of two',
    spec: `${HEADER_FORMAT}, Block Size`,
    repair: 'none',
    message: ({ actual }) => `the block size is ${actual}, must be a power of two of at least 512 bytes`,
  },
  'vhd/block-size-unusual': {
    severity: 'info',
    depth: 'header',
    title: 'Blocks of another size than 2 MiB',
    spec: `${HEADER_FORMAT}, Block Size`,
    repair: 'none',
    derivedFrom: ['vhd/block-size-invalid'],
    message: ({ blockSize }) =>
      `blocks have ${blockSize} bytes; blktap and Xen Orchestra work with 2 MiB only`,
    check({ header }, tell) {
      if (header === null || !header.isTrusted) return;
      const { blockSize } = header.fields;
      if (blockSize === USUAL_BLOCK_SIZE) return;
      tell({
        at: header.at('block_size'),
        data: { blockSize },
        severity: blockSize > USUAL_BLOCK_SIZE ? 'warning' : 'info',
        expected: String(USUAL_BLOCK_SIZE),
        actual: String(blockSize),
      });
    },
  },
  'vhd/table-offset-invalid': {
    severity: 'error',
    depth: 'header',
    title: 'The table offset is impossible',
    spec: `${HEADER_FORMAT}, Table Offset`,
    repair: 'none',
    message: describeBreach,
  },
  'vhd/bat-out-of-file': {
    severity: 'error',
    depth: 'header',
    title: 'The block allocation table does not fit into the file',
    spec: 'VHD 1.0, Block Allocation Table',
    repair: 'none',
    message: ({ offset, entries, present, limit }) =>
      `the table of ${entries} entries at byte ${offset} would end past byte ${limit}, where the usable part of the file ends; ${present} entries are there`,
    check({ header, blocks, limit, size }, tell) {
      if (header === null || !header.isTrusted || blocks === null) return;
      const { maxTableEntries: entries } = header.fields;
      const present = Math.floor((limit - blocks.offset) / 4);
      if (present >= entries) return;
      tell({
        at: header.at('max_table_entries'),
        data: { offset: blocks.offset, entries, present, limit },
        expected: `at most ${present}`,
        actual: String(entries),
        // The disk may need none of the entries that are missing.
        guestOffset: present * blocks.blockSize < size ? present * blocks.blockSize : null,
      });
    },
  },
  'vhd/max-entries-too-small': {
    severity: 'error',
    depth: 'header',
    title: 'The table has too few entries for the disk',
    spec: `${HEADER_FORMAT}, Max Table Entries`,
    repair: 'none',
    derivedFrom: ['vhd/current-size-limit', 'vhd/block-size-invalid'],
    message: ({ entries, needed }) => `the table has ${entries} entries, but the disk has ${needed} blocks`,
    check({ header, footer, blocks }, tell) {
      if (header === null || !header.isTrusted || blocks === null) return;
      const { maxTableEntries: entries, blockSize } = header.fields;
      const needed = neededEntries(footer.fields.currentSize, blockSize);
      if (entries >= needed) return;
      tell({
        at: header.at('max_table_entries'),
        data: { entries, needed },
        expected: `at least ${needed}`,
        actual: String(entries),
        guestOffset: entries * blockSize,
      });
    },
  },
  'vhd/max-entries-excess': {
    severity: 'info',
    depth: 'header',
    title: 'The table has more entries than the disk needs',
    spec: `${HEADER_FORMAT}, Max Table Entries`,
    repair: 'none',
    derivedFrom: ['vhd/current-size-zero', 'vhd/bat-out-of-file', 'vhd/block-size-invalid'],
    message: ({ entries, needed }) => `the table has ${entries} entries, the disk has ${needed} blocks`,
    check({ header, footer, blocks }, tell) {
      if (header === null || !header.isTrusted || blocks === null) return;
      const { maxTableEntries: entries, blockSize } = header.fields;
      const needed = neededEntries(footer.fields.currentSize, blockSize);
      if (entries <= needed) return;
      const isImpossible =
        entries > maxEntries(blockSize) || blocks.entries.length < Math.min(entries, MAX_ENTRIES_READ);
      const isReserve = entries === needed + 1 || isBlktap(footer.fields);
      tell({
        at: header.at('max_table_entries'),
        data: { entries, needed },
        severity: isImpossible ? 'error' : isReserve ? 'info' : 'warning',
        expected: String(needed),
        actual: String(entries),
      });
    },
  },
  'vhd/parent-fields-on-dynamic': {
    severity: 'warning',
    depth: 'header',
    title: 'A disk without a parent that names one',
    spec: `${HEADER_FORMAT}, Parent Unique ID`,
    repair: 'safe',
    message: ({ fields }) =>
      `the disk is dynamic and has no parent, but ${fields.join(', ')} ${fields.length === 1 ? 'is' : 'are'} not zero`,
    check({ header, footer, variant }, tell) {
      if (header === null || !header.isTrusted || !footer.isTrusted || variant !== 'dynamic') return;
      const { parentUniqueId, parentTimeStamp, parentUnicodeName, parentLocators } = header.fields;
      const fields = [
        ...(parentUniqueId.some((byte) => byte !== 0) ? ['parent_unique_id' as const] : []),
        ...(parentTimeStamp !== 0 ? ['parent_time_stamp' as const] : []),
        ...(parentUnicodeName.some((byte) => byte !== 0) ? ['parent_unicode_name' as const] : []),
        ...(parentLocators.some(({ platformCode }) => platformCode !== 0)
          ? ['parent_locators' as const]
          : []),
      ];
      const [first] = fields;
      if (first !== undefined) tell({ at: header.at(first), data: { fields } });
    },
  },
});
