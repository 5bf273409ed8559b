import { formatHex } from '../../../codec/index.ts';
import { defineRules, describeBreach } from '../../../model/rule.ts';
import type { VhdFindings } from '../findings.ts';
import { formatCode, isBlktap } from '../layout/creator.ts';
import { formatTime, toUnixTime } from '../layout/identity.ts';
import type { VhdImage } from '../layout/image.ts';
import type { VhdWalk } from '../walk.ts';

const FOOTER_FORMAT = 'VHD 1.0, Hard Disk Footer Format';

/** Value of a data offset that points nowhere. */
const NOWHERE = 0xffff_ffff_ffff_ffffn;

/** Seconds that the clock of another host may be fast. */
const CLOCK_TOLERANCE = 1800;

/** The rules on single fields of the footer. */
export const footerFieldRules = defineRules<VhdImage, VhdFindings, VhdWalk>()({
  'vhd/features-reserved-bit': {
    severity: 'warning',
    depth: 'header',
    title: 'The reserved feature bit is not set',
    spec: `${FOOTER_FORMAT}, Features`,
    repair: 'safe',
    message: describeBreach,
  },
  'vhd/features-unknown': {
    severity: 'warning',
    depth: 'header',
    title: 'Unknown feature bits are set',
    spec: `${FOOTER_FORMAT}, Features`,
    repair: 'safe',
    message: describeBreach,
  },
  'vhd/features-temporary': {
    severity: 'info',
    depth: 'header',
    title: 'The disk is marked as temporary',
    spec: `${FOOTER_FORMAT}, Features`,
    repair: 'safe',
    message: describeBreach,
  },
  'vhd/format-version': {
    severity: 'error',
    depth: 'header',
    title: 'Unknown version of the file format',
    spec: `${FOOTER_FORMAT}, File Format Version`,
    repair: 'safe',
    message: describeBreach,
  },
  'vhd/data-offset-fixed': {
    severity: 'warning',
    depth: 'header',
    title: 'A fixed disk with a data offset',
    spec: `${FOOTER_FORMAT}, Data Offset`,
    repair: 'safe',
    derivedFrom: ['vhd/disk-type-layout-mismatch'],
    message: ({ dataOffset }) =>
      `the data offset of a fixed disk is ${formatHex(dataOffset)}, must be ${formatHex(NOWHERE)}`,
    check({ footer, variant }, tell) {
      const { dataOffset } = footer.fields;
      if (!footer.isTrusted || variant !== 'fixed' || dataOffset === NOWHERE) return;
      tell({
        at: footer.at('data_offset'),
        data: { dataOffset },
        severity: dataOffset === 0xffff_ffffn ? 'info' : 'warning',
        expected: formatHex(NOWHERE),
        actual: formatHex(dataOffset),
      });
    },
  },
  'vhd/timestamp-future': {
    severity: 'info',
    depth: 'header',
    title: 'The time stamp is in the future',
    spec: `${FOOTER_FORMAT}, Time Stamp`,
    repair: 'none',
    message: ({ stamp, ahead }) => `the time stamp is ${formatTime(stamp)}, ${ahead} seconds from now`,
    check({ footer }, tell) {
      const { timeStamp } = footer.fields;
      const ahead = toUnixTime(timeStamp) - Math.floor(Date.now() / 1000);
      if (!footer.isTrusted || ahead <= CLOCK_TOLERANCE) return;
      tell({
        at: footer.at('time_stamp'),
        data: { stamp: timeStamp, ahead },
        actual: String(timeStamp),
      });
    },
  },
  'vhd/creator-unknown': {
    severity: 'info',
    depth: 'header',
    title: 'Unknown creator application',
    spec: `${FOOTER_FORMAT}, Creator Application`,
    repair: 'none',
    message: ({ actual }) =>
      `the creator application is ${JSON.stringify(formatCode(Number(actual)))}, which is no known one`,
  },
  'vhd/creator-tap-version': {
    severity: 'warning',
    depth: 'header',
    title: 'A version of blktap with other structures',
    spec: 'blktap, libvhd: creator version',
    repair: 'none',
    message: ({ actual }) =>
      `the creator is blktap of version ${formatVersionNumber(Number(actual))}; known versions with the usual bitmaps are 1.0 to 1.3`,
  },
  'vhd/disk-type': {
    severity: 'error',
    depth: 'header',
    title: 'Unknown disk type',
    spec: `${FOOTER_FORMAT}, Disk Type`,
    repair: 'none',
    message: describeBreach,
  },
  'vhd/saved-state': {
    severity: 'warning',
    depth: 'header',
    title: 'The disk belongs to a saved virtual machine',
    spec: `${FOOTER_FORMAT}, Saved State`,
    repair: 'lossy',
    message: (data) =>
      data.savedState === 1
        ? 'the disk belongs to a virtual machine in saved state'
        : `the saved state is ${data.savedState}, must be 0 or 1`,
    check({ footer }, tell) {
      const state = footer.fields.savedState;
      if (!footer.isTrusted || state === 0) return;
      tell({
        at: footer.at('saved_state'),
        data: { savedState: state },
        severity: state === 1 ? 'warning' : 'error',
        expected: '0',
        actual: String(state),
      });
    },
  },
  'vhd/unique-id-null': {
    severity: 'warning',
    depth: 'header',
    title: 'The unique id is null',
    spec: `${FOOTER_FORMAT}, Unique Id`,
    repair: 'lossy',
    message: () => 'the unique id is null, so no child can refer to this disk',
  },
  'vhd/reserved-nonzero': {
    severity: 'info',
    depth: 'header',
    title: 'Reserved bytes of the footer are not zero',
    spec: `${FOOTER_FORMAT}, Reserved`,
    repair: 'safe',
    message: ({ field, actual }) => `${field} should be zero, but contains ${actual}`,
  },
  'vhd/hidden': {
    severity: 'info',
    depth: 'header',
    title: 'A hidden disk of XenServer',
    spec: 'blktap, libvhd: hidden byte of the footer',
    repair: 'none',
    message: (data) =>
      data.hidden === 1
        ? 'XenServer keeps this disk only as the parent of others'
        : `the hidden byte is ${data.hidden}, must be 0 or 1`,
    check({ footer }, tell) {
      const value = footer.fields.hidden;
      if (!footer.isTrusted || value === 0 || !isBlktap(footer.fields)) return;
      tell({
        at: footer.at('hidden'),
        data: { hidden: value },
        severity: value === 1 ? 'info' : 'warning',
        actual: String(value),
      });
    },
  },
});

/** A creator version as people write it: major number in the upper half, minor in the lower. */
function formatVersionNumber(version: number): string {
  return `${version >>> 16}.${version & 0xffff}`;
}
