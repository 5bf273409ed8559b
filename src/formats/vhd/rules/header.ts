import { formatHex, type Breach } from '../../../codec/index.ts';
import { defineRule, defineSpecRule, type RaisableRule } from '../../../model/rule.ts';
import { isBlktap } from '../creator.ts';
import { fieldPlace } from '../place.ts';
import { MAX_ENTRIES_READ, maxEntries, neededEntries } from '../table.ts';
import type { VhdImage } from '../types.ts';
import type { ChecksumData } from './footer.ts';

const HEADER_FORMAT = 'VHD 1.0, Dynamic Disk Header Format';

/** The data offset of the footer leads to no dynamic header. */
export const dataOffsetInvalid: RaisableRule<
  unknown,
  { readonly dataOffset: bigint; readonly reason: string; readonly foundAt: number | null }
> = defineRule({
  id: 'vhd/data-offset-invalid',
  severity: 'error',
  depth: 'header',
  title: 'The data offset leads to no dynamic header',
  spec: 'VHD 1.0, Hard Disk Footer Format, Data Offset',
  repair: 'lossy',
  derivedFrom: ['vhd/disk-type-layout-mismatch'],
  message: ({ dataOffset, reason, foundAt }) =>
    `the data offset is ${formatHex(dataOffset)}, ${reason}` +
    (foundAt === null ? '' : `; a dynamic header is found at byte ${foundAt}`),
  explanation: {
    what: 'The data offset of a dynamic or differencing disk is not a multiple of 512, lies outside the file, or no "cxsparse" stands there.',
    why: 'Without the header neither the table nor the size of the blocks is known, so no guest data can be found.',
    how: 'A damaged field, or a file that was cut off behind its first sector.',
    readers: 'QEMU refuses the file, as do libvhdi and blktap; Xen Orchestra demands 512.',
    repair:
      'Writers put the header at byte 512. If it is there, the field is corrected and the checksums put right.',
  },
});

/** The header does not begin with its cookie. */
export const headerCookie: RaisableRule<unknown, Breach> = defineSpecRule({
  id: 'vhd/header-cookie',
  severity: 'error',
  depth: 'header',
  title: 'The dynamic header does not begin with "cxsparse"',
  spec: `${HEADER_FORMAT}, Cookie`,
  repair: 'none',
  explanation: {
    what: 'The cookie of the dynamic disk header is wrong.',
    why: 'No reader opens the disk. If only the cookie is damaged the data can still be found.',
    how: 'A damaged sector, or something that wrote over the header.',
    readers: 'All readers refuse the file.',
    repair: 'If the checksum shows that all else is in order, the cookie can be put right by hand.',
  },
});

/** The header has a wrong checksum. */
export const headerChecksum: RaisableRule<unknown, ChecksumData> = defineRule({
  id: 'vhd/header-checksum',
  severity: 'error',
  depth: 'header',
  title: 'Checksum of the dynamic header does not match its content',
  spec: `${HEADER_FORMAT}, Checksum`,
  repair: 'safe',
  message: ({ stored, computed }) =>
    `the checksum is ${formatHex(stored, 4)}, but the bytes give ${formatHex(computed, 4)}`,
  explanation: {
    what: "The checksum of the dynamic disk header is not the one's complement of the sum of its 1024 bytes.",
    why: 'At least one field is wrong, and nothing says which. If it is the place of the table or the size of the blocks, every read goes to a wrong place.',
    how: 'A damaged sector, or a program that changed a field, often the parent, and forgot the sum.',
    readers: 'vhd-util and Xen Orchestra refuse the file; QEMU and libvhdi do not look at this sum.',
    repair:
      'Where every field is plausible the sum is computed anew; there is no second copy to compare with.',
  },
});

/** The header's version. */
export const headerVersion: RaisableRule<unknown, Breach> = defineSpecRule({
  id: 'vhd/header-version',
  severity: 'error',
  depth: 'header',
  title: 'Unknown version of the dynamic header',
  spec: `${HEADER_FORMAT}, Header Version`,
  repair: 'safe',
  explanation: {
    what: 'The version of the dynamic disk header is not 1.0.',
    why: 'No other version exists, so the meaning of the rest is not certain.',
    how: 'A damaged field, or a writer that put its own version here.',
    readers: 'libvhdi, vhd-util and Xen Orchestra refuse the file; QEMU opens it.',
    repair: 'If everything else is in order, the version is set to 0x00010000 and the checksum put right.',
  },
});

/** The header's unused offset. */
export const headerDataOffset: RaisableRule<unknown, Breach> = defineSpecRule({
  id: 'vhd/header-data-offset',
  severity: 'warning',
  depth: 'header',
  title: 'The unused data offset of the header is not all ones',
  spec: `${HEADER_FORMAT}, Data Offset`,
  repair: 'safe',
  explanation: {
    what: 'The data offset in the dynamic disk header would lead to a further structure; none exists, so all its 64 bits are set. Here they are not.',
    why: 'Guest data are not affected, but strict readers refuse the file.',
    how: 'A writer that set only the 32 bits which the specification shows, or 0.',
    readers: 'vhd-util and Xen Orchestra refuse the file; QEMU and libvhdi do not look.',
    repair: 'The field is set to all ones and the checksum put right.',
  },
});

/** Reserved bytes of the header. */
export const headerReserved: RaisableRule<unknown, Breach> = defineSpecRule({
  id: 'vhd/header-reserved',
  severity: 'info',
  depth: 'header',
  title: 'Reserved bytes of the dynamic header are not zero',
  spec: `${HEADER_FORMAT}, Reserved`,
  repair: 'safe',
  message: ({ field, actual }) => `${field} should be zero, but holds ${actual}`,
  explanation: {
    what: 'A reserved field of the dynamic disk header or of one of its locator entries is not zero.',
    why: 'Guest data are not affected.',
    how: 'A writer that did not clear its buffer, or keeps marks of its own there.',
    readers: 'vhd-util refuses the file; the others do not look.',
    repair: 'The bytes are cleared and the checksum put right.',
  },
});

/** A block size that cannot be. */
export const blockSizeInvalid: RaisableRule<unknown, Breach> = defineSpecRule({
  id: 'vhd/block-size-invalid',
  severity: 'error',
  depth: 'header',
  title: 'The block size is no power of two',
  spec: `${HEADER_FORMAT}, Block Size`,
  repair: 'none',
  message: ({ actual }) => `the block size is ${actual}, must be a power of two of at least 512 bytes`,
  explanation: {
    what: 'The block size is not a power of two, or less than a sector.',
    why: 'Which table entry belongs to which guest bytes is not known, so nothing can be read.',
    how: 'A damaged header.',
    readers: 'QEMU, vhd-util and Xen Orchestra refuse the file.',
    repair:
      'Nearly all disks have blocks of 2 MiB; if the table has the right number of entries for that, correct it by hand.',
  },
});

const USUAL_BLOCK_SIZE = 2 * 1024 * 1024;

/** A block size other than 2 MiB. */
export const blockSizeUnusual: RaisableRule<VhdImage, { readonly blockSize: number }> = defineRule({
  id: 'vhd/block-size-unusual',
  severity: 'info',
  depth: 'header',
  title: 'Blocks of another size than 2 MiB',
  spec: `${HEADER_FORMAT}, Block Size`,
  repair: 'none',
  derivedFrom: ['vhd/block-size-invalid'],
  message: ({ blockSize }) => `blocks have ${blockSize} bytes; blktap and Xen Orchestra work with 2 MiB only`,
  check({ file, header }, tell) {
    if (header === null || !header.isTrusted) return;
    const { blockSize } = header.fields;
    if (blockSize === USUAL_BLOCK_SIZE) return;
    tell({
      at: fieldPlace(file, header, 'block_size'),
      data: { blockSize },
      severity: blockSize > USUAL_BLOCK_SIZE ? 'warning' : 'info',
      expected: String(USUAL_BLOCK_SIZE),
      actual: String(blockSize),
    });
  },
  explanation: {
    what: 'The block size is legal, but not the 2 MiB that nearly all disks have.',
    why: 'Guest data are not affected, but tools that take 2 MiB for granted cannot work with the disk.',
    how: 'Some Microsoft tools write blocks of 512 KiB.',
    readers: 'blktap refuses blocks above 2 MiB; QEMU, libvhdi and VirtualBox take any power of two.',
    repair: 'None needed; convert the disk if a tool refuses it.',
  },
});

/** A table that cannot be where the header says. */
export const tableOffsetInvalid: RaisableRule<unknown, Breach> = defineSpecRule({
  id: 'vhd/table-offset-invalid',
  severity: 'error',
  depth: 'header',
  title: 'The table offset is impossible',
  spec: `${HEADER_FORMAT}, Table Offset`,
  repair: 'none',
  explanation: {
    what: 'The block allocation table would lie inside the footer copy or the dynamic header, at no sector boundary, or outside the file.',
    why: 'Without the table no guest data can be found.',
    how: 'A damaged header, or a file that was cut off.',
    readers: 'QEMU refuses the file, as does vhd-util.',
    repair: 'Most writers put the table at byte 1536. If it is there, correct the field by hand.',
  },
});

/** A table that reaches out of the file. */
export const batOutOfFile: RaisableRule<
  VhdImage,
  { readonly offset: number; readonly entries: number; readonly present: number; readonly limit: number }
> = defineRule({
  id: 'vhd/bat-out-of-file',
  severity: 'error',
  depth: 'header',
  title: 'The block allocation table does not fit into the file',
  spec: 'VHD 1.0, Block Allocation Table',
  repair: 'none',
  message: ({ offset, entries, present, limit }) =>
    `the table of ${entries} entries at byte ${offset} would end behind byte ${limit}, where the usable part of the file ends; ${present} entries are there`,
  check({ file, header, blocks, limit, size }, tell) {
    if (header === null || !header.isTrusted || blocks === null) return;
    const { maxTableEntries: entries } = header.fields;
    const present = Math.floor((limit - blocks.offset) / 4);
    if (present >= entries) return;
    tell({
      at: fieldPlace(file, header, 'max_table_entries'),
      data: { offset: blocks.offset, entries, present, limit },
      expected: `at most ${present}`,
      actual: String(entries),
      // The disk may need none of the entries that are missing.
      guestOffset: present * blocks.blockSize < size ? present * blocks.blockSize : null,
    });
  },
  explanation: {
    what: 'The table begins inside the file, but with the number of entries that the header gives it ends behind it.',
    why: 'The guest data of the entries that are missing cannot be found.',
    how: 'A file that was cut off, or a damaged number of entries.',
    readers: 'QEMU refuses the file, as does vhd-util.',
    repair: 'Copy the file again; if only the number is wrong, it follows from size and block size.',
  },
});

/** A table that is too small for the disk. */
export const maxEntriesTooSmall: RaisableRule<
  VhdImage,
  { readonly entries: number; readonly needed: number }
> = defineRule({
  id: 'vhd/max-entries-too-small',
  severity: 'error',
  depth: 'header',
  title: 'The table has too few entries for the disk',
  spec: `${HEADER_FORMAT}, Max Table Entries`,
  repair: 'none',
  derivedFrom: ['vhd/current-size-limit', 'vhd/block-size-invalid'],
  message: ({ entries, needed }) => `the table has ${entries} entries, but the disk has ${needed} blocks`,
  check({ file, header, footer, blocks }, tell) {
    if (header === null || !header.isTrusted || blocks === null) return;
    const { maxTableEntries: entries, blockSize } = header.fields;
    const needed = neededEntries(footer.fields.currentSize, blockSize);
    if (entries >= needed) return;
    tell({
      at: fieldPlace(file, header, 'max_table_entries'),
      data: { entries, needed },
      expected: `at least ${needed}`,
      actual: String(entries),
      guestOffset: entries * blockSize,
    });
  },
  explanation: {
    what: 'There is no table entry for the last blocks of the disk.',
    why: 'The end of the disk can neither be read nor written.',
    how: 'A resize that changed the footer only, or a damaged field.',
    readers: 'QEMU and Xen Orchestra refuse the file; vhd-util lets a last partial block pass.',
    repair:
      'If the disk never was larger than the table, set the current size back; otherwise the table must be moved and made longer.',
  },
});

/** A table that is larger than the disk needs. */
export const maxEntriesExcess: RaisableRule<VhdImage, { readonly entries: number; readonly needed: number }> =
  defineRule({
    id: 'vhd/max-entries-excess',
    severity: 'info',
    depth: 'header',
    title: 'The table has more entries than the disk needs',
    spec: `${HEADER_FORMAT}, Max Table Entries`,
    repair: 'none',
    derivedFrom: ['vhd/current-size-zero', 'vhd/bat-out-of-file', 'vhd/block-size-invalid'],
    message: ({ entries, needed }) => `the table has ${entries} entries, the disk has ${needed} blocks`,
    check({ file, header, footer, blocks }, tell) {
      if (header === null || !header.isTrusted || blocks === null) return;
      const { maxTableEntries: entries, blockSize } = header.fields;
      const needed = neededEntries(footer.fields.currentSize, blockSize);
      if (entries <= needed) return;
      const isImpossible =
        entries > maxEntries(blockSize) || blocks.entries.length < Math.min(entries, MAX_ENTRIES_READ);
      const isReserve = entries === needed + 1 || isBlktap(footer.fields);
      tell({
        at: fieldPlace(file, header, 'max_table_entries'),
        data: { entries, needed },
        severity: isImpossible ? 'error' : isReserve ? 'info' : 'warning',
        expected: String(needed),
        actual: String(entries),
      });
    },
    explanation: {
      what: 'The table has entries behind the last block of the disk.',
      why: 'Entries that are never used cost a little space. More entries than the largest VHD can have, or so many that the table would reach into the first block, are certainly wrong.',
      how: 'QEMU before 2.6 wrote one entry too many for sizes that are whole blocks; XenServer keeps room to grow; a disk was made smaller.',
      readers: 'Readers use the entries that they need; QEMU refuses tables that no VHD can have.',
      repair: 'None needed.',
    },
  });

/** A dynamic disk that speaks of a parent. */
export const parentFieldsOnDynamic: RaisableRule<VhdImage, { readonly fields: readonly string[] }> =
  defineRule({
    id: 'vhd/parent-fields-on-dynamic',
    severity: 'warning',
    depth: 'header',
    title: 'A disk without a parent that names one',
    spec: `${HEADER_FORMAT}, Parent Unique ID`,
    repair: 'safe',
    message: ({ fields }) =>
      `the disk is dynamic and has no parent, but ${fields.join(', ')} ${fields.length === 1 ? 'is' : 'are'} not zero`,
    check({ file, header, footer, variant }, tell) {
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
      if (first !== undefined) tell({ at: fieldPlace(file, header, first), data: { fields } });
    },
    explanation: {
      what: 'Only a differencing disk (type 4) has a parent, but fields about a parent are filled in a dynamic one (type 3).',
      why: 'If the disk really is a child, all blocks that it does not store read as zeros instead of the data of its parent.',
      how: 'A merge into the child that left the fields as they were, or a wrong disk type.',
      readers: 'vhd-util refuses the file; the others go by the type.',
      repair:
        'If the disk is complete without a parent the fields are cleared; otherwise the type must be 4.',
    },
  });

/** The rules on the dynamic disk header. */
export const headerRules: readonly RaisableRule<VhdImage, never>[] = [
  dataOffsetInvalid,
  headerCookie,
  headerChecksum,
  headerVersion,
  headerDataOffset,
  headerReserved,
  blockSizeInvalid,
  blockSizeUnusual,
  tableOffsetInvalid,
  batOutOfFile,
  maxEntriesTooSmall,
  maxEntriesExcess,
  parentFieldsOnDynamic,
];

/** Those that the spec states of the header itself. */
export const headerSpecRules: readonly RaisableRule<VhdImage, Breach>[] = [
  headerCookie,
  headerVersion,
  headerDataOffset,
  headerReserved,
  blockSizeInvalid,
  tableOffsetInvalid,
];
