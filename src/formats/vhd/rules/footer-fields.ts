import { formatHex, type Breach } from '../../../codec/index.ts';
import { defineRule, defineSpecRule, type RaisableRule } from '../../../model/rule.ts';
import { formatCode, isBlktap } from '../creator.ts';
import { formatTime, toUnixTime } from '../identity.ts';
import { fieldPlace } from '../place.ts';
import type { VhdImage } from '../types.ts';

const FOOTER_FORMAT = 'VHD 1.0, Hard Disk Footer Format';

/** Value of a data offset that points nowhere. */
const NOWHERE = 0xffff_ffff_ffff_ffffn;

/** Seconds that the clock of another host may be fast. */
const CLOCK_TOLERANCE = 1800;

/** A creator version as people write it: major number in the upper half, minor in the lower. */
function formatVersionNumber(version: number): string {
  return `${version >>> 16}.${version & 0xffff}`;
}

/** The reserved bit of the features is clear. */
export const featuresReservedBit: RaisableRule<unknown, Breach> = defineSpecRule({
  id: 'vhd/features-reserved-bit',
  severity: 'warning',
  depth: 'header',
  title: 'The reserved feature bit is not set',
  spec: `${FOOTER_FORMAT}, Features`,
  repair: 'safe',
  explanation: {
    what: 'Bit 1 of the features is reserved and must always be set; here it is clear.',
    why: 'Guest data are not affected, but strict readers take the footer for none.',
    how: 'A writer that started from zeros and did not know the bit.',
    readers: 'vhd-util refuses the file; QEMU and libvhdi do not look.',
    repair: 'The bit is set and the checksum put right.',
  },
});

/** Feature bits that nobody has defined. */
export const featuresUnknown: RaisableRule<unknown, Breach> = defineSpecRule({
  id: 'vhd/features-unknown',
  severity: 'warning',
  depth: 'header',
  title: 'Unknown feature bits are set',
  spec: `${FOOTER_FORMAT}, Features`,
  repair: 'safe',
  explanation: {
    what: 'Bits of the features other than 0 and 1 are set; all of them are reserved.',
    why: 'No meaning is defined for them, so readers either refuse the disk or pay no attention.',
    how: 'A damaged footer with a checksum put right afterwards, or a writer with an idea of its own.',
    readers: 'vhd-util refuses the file; QEMU and libvhdi do not look.',
    repair: 'The bits are cleared and the checksum put right.',
  },
});

/** The disk is marked temporary. */
export const featuresTemporary: RaisableRule<unknown, Breach> = defineSpecRule({
  id: 'vhd/features-temporary',
  severity: 'info',
  depth: 'header',
  title: 'The disk is marked as temporary',
  spec: `${FOOTER_FORMAT}, Features`,
  repair: 'safe',
  explanation: {
    what: 'Bit 0 of the features is set: the disk may be deleted when the host shuts down.',
    why: 'Guest data are not affected, but a host that obeys the bit deletes the file.',
    how: 'Virtual PC set it for scratch disks.',
    readers: 'Old Virtual PC and Virtual Server obey it; today nobody does.',
    repair: 'Clear the bit if the disk is to be kept.',
  },
});

/** The footer's format version. */
export const formatVersion: RaisableRule<unknown, Breach> = defineSpecRule({
  id: 'vhd/format-version',
  severity: 'error',
  depth: 'header',
  title: 'Unknown version of the file format',
  spec: `${FOOTER_FORMAT}, File Format Version`,
  repair: 'safe',
  explanation: {
    what: 'The file format version of the footer is not 1.0.',
    why: 'No other version exists, so the meaning of the rest of the footer is not certain.',
    how: 'A damaged field, or a writer that put its own version here.',
    readers: 'libvhdi, vhd-util and Xen Orchestra refuse the file; QEMU opens it.',
    repair: 'If everything else is in order, the version is set to 0x00010000 and the checksum put right.',
  },
});

/** A fixed disk whose data offset points somewhere. */
export const dataOffsetFixed: RaisableRule<VhdImage, { readonly dataOffset: bigint }> = defineRule({
  id: 'vhd/data-offset-fixed',
  severity: 'warning',
  depth: 'header',
  title: 'A fixed disk with a data offset',
  spec: `${FOOTER_FORMAT}, Data Offset`,
  repair: 'safe',
  derivedFrom: ['vhd/disk-type-layout-mismatch'],
  message: ({ dataOffset }) =>
    `the data offset of a fixed disk is ${formatHex(dataOffset)}, must be ${formatHex(NOWHERE)}`,
  check({ file, footer, variant }, tell) {
    const { dataOffset } = footer.fields;
    if (!footer.isTrusted || variant !== 'fixed' || dataOffset === NOWHERE) return;
    tell({
      at: fieldPlace(file, footer, 'data_offset'),
      data: { dataOffset },
      severity: dataOffset === 0xffff_ffffn ? 'info' : 'warning',
      expected: formatHex(NOWHERE),
      actual: formatHex(dataOffset),
    });
  },
  explanation: {
    what: 'A fixed disk has no dynamic header, so its data offset has all 64 bits set; here it has not.',
    why: 'Guest data are not affected, but a reader may look for a header there.',
    how: 'A writer that set the 32 bits which the specification shows, or 0.',
    readers: 'libvhdi refuses the file, vhd-util complains; QEMU does not look.',
    repair: 'The field is set to all ones and the checksum put right.',
  },
});

/** A time stamp that has not come yet. */
export const timestampFuture: RaisableRule<VhdImage, { readonly stamp: number; readonly ahead: number }> =
  defineRule({
    id: 'vhd/timestamp-future',
    severity: 'info',
    depth: 'header',
    title: 'The time stamp lies in the future',
    spec: `${FOOTER_FORMAT}, Time Stamp`,
    repair: 'none',
    message: ({ stamp, ahead }) => `the time stamp is ${formatTime(stamp)}, ${ahead} seconds from now`,
    check({ file, footer }, tell) {
      const { timeStamp } = footer.fields;
      const ahead = toUnixTime(timeStamp) - Math.floor(Date.now() / 1000);
      if (!footer.isTrusted || ahead <= CLOCK_TOLERANCE) return;
      tell({
        at: fieldPlace(file, footer, 'time_stamp'),
        data: { stamp: timeStamp, ahead },
        actual: String(timeStamp),
      });
    },
    explanation: {
      what: 'The footer says that the disk was made more than half an hour from now.',
      why: 'Guest data are not affected; comparisons of age between disks are worth nothing.',
      how: 'A host with a wrong clock, or a count from 1970 instead of 2000.',
      readers: 'vhd-util refuses the file; the others do not look.',
      repair: 'None needed.',
    },
  });

/** A creator that is in no list. */
export const creatorUnknown: RaisableRule<unknown, Breach> = defineSpecRule({
  id: 'vhd/creator-unknown',
  severity: 'info',
  depth: 'header',
  title: 'Unknown creator application',
  spec: `${FOOTER_FORMAT}, Creator Application`,
  repair: 'none',
  message: ({ actual }) =>
    `the creator application is ${JSON.stringify(formatCode(Number(actual)))}, which is no known one`,
  explanation: {
    what: 'The four letters that name the program which made the disk are not those of a known one.',
    why: 'QEMU chooses by these letters whether the size or the geometry counts, so the guest may see another size there.',
    how: 'A writer that is not listed here, which is legal.',
    readers: 'QEMU takes the size from the geometry for names that it does not know; the others do not look.',
    repair: 'None needed.',
  },
});

/** A version of blktap whose structures mean something else. */
export const creatorTapVersion: RaisableRule<unknown, Breach> = defineSpecRule({
  id: 'vhd/creator-tap-version',
  severity: 'warning',
  depth: 'header',
  title: 'A version of blktap with other structures',
  spec: 'blktap, libvhd: creator version',
  repair: 'none',
  message: ({ actual }) =>
    `the creator is blktap of version ${formatVersionNumber(Number(actual))}; known versions with the usual bitmaps are 1.0 to 1.3`,
  explanation: {
    what: 'The footer names version 0.1 of blktap, or one above 1.3.',
    why: 'Version 0.1 wrote the bits of sector bitmaps in the other order: read the usual way, sectors of parent and child are mixed up.',
    how: 'A disk from the first XenServer versions, or from one that is newer than what is known.',
    readers: 'blktap converts the bitmaps of 0.1; QEMU ignores bitmaps; others read them wrongly.',
    repair: 'Convert the disk with blktap.',
  },
});

/** A disk type that is none. */
export const diskType: RaisableRule<unknown, Breach> = defineSpecRule({
  id: 'vhd/disk-type',
  severity: 'error',
  depth: 'header',
  title: 'Unknown disk type',
  spec: `${FOOTER_FORMAT}, Disk Type`,
  repair: 'none',
  explanation: {
    what: 'The disk type is neither 2 (fixed) nor 3 (dynamic) nor 4 (differencing).',
    why: 'How the guest data are stored is not said; the deprecated types have no known layout.',
    how: 'A damaged field, or a writer with an idea of its own.',
    readers: 'libvhdi, vhd-util and Xen Orchestra refuse the file; QEMU takes every type but 2 as dynamic.',
    repair: 'If header and table are there it is a dynamic or differencing disk: correct the type by hand.',
  },
});

/** The disk belongs to a saved machine. */
export const savedState: RaisableRule<VhdImage, { readonly savedState: number }> = defineRule({
  id: 'vhd/saved-state',
  severity: 'warning',
  depth: 'header',
  title: 'The disk belongs to a saved virtual machine',
  spec: `${FOOTER_FORMAT}, Saved State`,
  repair: 'lossy',
  message: (data) =>
    data.savedState === 1
      ? 'the disk belongs to a virtual machine in saved state'
      : `the saved state is ${data.savedState}, must be 0 or 1`,
  check({ file, footer }, tell) {
    const state = footer.fields.savedState;
    if (!footer.isTrusted || state === 0) return;
    tell({
      at: fieldPlace(file, footer, 'saved_state'),
      data: { savedState: state },
      severity: state === 1 ? 'warning' : 'error',
      expected: '0',
      actual: String(state),
    });
  },
  explanation: {
    what: 'The saved state byte is not 0: the disk belongs to a machine whose memory was saved while it ran.',
    why: 'The memory holds writes that the disk does not have yet. Started without it the guest finds its file systems as after a crash.',
    how: 'A machine that was suspended when its disk was copied.',
    readers: 'Virtual PC and Virtual Server refuse to change such a disk; QEMU and libvhdi do not look.',
    repair: 'Resume the machine and shut it down, or clear the byte if the saved state is not wanted.',
  },
});

/** A disk without an identity. */
export const uniqueIdNull: RaisableRule<unknown, Breach> = defineSpecRule({
  id: 'vhd/unique-id-null',
  severity: 'warning',
  depth: 'header',
  title: 'The unique id is null',
  spec: `${FOOTER_FORMAT}, Unique Id`,
  repair: 'lossy',
  message: () => 'the unique id is null, so no child can refer to this disk',
  explanation: {
    what: 'All 16 bytes of the unique id are zero.',
    why: 'Guest data are not affected, but differencing disks know their parent by this id.',
    how: 'A writer that did not care, or a tool that wiped identities.',
    readers: 'vhd-util refuses the file; the others open it.',
    repair: 'A new id can be written as long as no differencing disk depends on this one.',
  },
});

/** Reserved bytes of the footer that are not zero. */
export const reservedNonzero: RaisableRule<unknown, Breach> = defineSpecRule({
  id: 'vhd/reserved-nonzero',
  severity: 'info',
  depth: 'header',
  title: 'Reserved bytes of the footer are not zero',
  spec: `${FOOTER_FORMAT}, Reserved`,
  repair: 'safe',
  message: ({ field, actual }) => `${field} should be zero, but holds ${actual}`,
  explanation: {
    what: 'Bytes behind the saved state, which are reserved and zero, hold something.',
    why: 'Guest data are not affected; a later version of the format or a tool may give them a meaning.',
    how: 'Tools that keep marks of their own there. XenServer uses the first of these bytes, for its own disks only.',
    readers: 'vhd-util refuses the file; the others do not look.',
    repair: 'The bytes are cleared and the checksum put right.',
  },
});

/** XenServer's mark for disks that only serve as parents. */
export const hidden: RaisableRule<VhdImage, { readonly hidden: number }> = defineRule({
  id: 'vhd/hidden',
  severity: 'info',
  depth: 'header',
  title: 'A hidden disk of XenServer',
  spec: 'blktap, libvhd: hidden byte of the footer',
  repair: 'none',
  message: (data) =>
    data.hidden === 1
      ? 'XenServer keeps this disk only as the parent of others'
      : `the hidden byte is ${data.hidden}, must be 0 or 1`,
  check({ file, footer }, tell) {
    const value = footer.fields.hidden;
    if (!footer.isTrusted || value === 0 || !isBlktap(footer.fields)) return;
    tell({
      at: fieldPlace(file, footer, 'hidden'),
      data: { hidden: value },
      severity: value === 1 ? 'info' : 'warning',
      actual: String(value),
    });
  },
  explanation: {
    what: 'Byte 85 of the footer of a disk made by blktap is set.',
    why: 'It is a node inside a tree of snapshots: to write to it damages all its children.',
    how: 'XenServer sets it when a snapshot is taken or a disk is cloned.',
    readers: 'XenServer does not show such disks; the others do not know the byte.',
    repair: 'None needed.',
  },
});

/** The rules on single fields of the footer. */
export const footerFieldRules: readonly RaisableRule<VhdImage, never>[] = [
  featuresReservedBit,
  featuresUnknown,
  featuresTemporary,
  formatVersion,
  dataOffsetFixed,
  timestampFuture,
  creatorUnknown,
  creatorTapVersion,
  diskType,
  savedState,
  uniqueIdNull,
  reservedNonzero,
  hidden,
];

/** Those that the spec states, for the sink that takes its breaches. */
export const footerSpecRules: readonly RaisableRule<unknown, Breach>[] = [
  featuresReservedBit,
  featuresUnknown,
  featuresTemporary,
  formatVersion,
  creatorUnknown,
  creatorTapVersion,
  diskType,
  uniqueIdNull,
  reservedNonzero,
];
