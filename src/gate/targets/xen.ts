import { defineRules } from '../../model/rule.ts';
import type { Subject } from '../subject.ts';
import { demandFormat, demandSize, said, tellOtherSize, wholeOf, type Said } from './said.ts';

const BLOCK = 2 * 2 ** 20;

/** What can keep XenServer and XCP-ng from taking an image. */
export interface XenFindings {
  'target/xen-format': Said;
  'target/xen-qcow2': Said;
  'target/xen-block-size': Said;
  'target/xen-size-limit': Said;
  'target/xen-size-unaligned': Said;
  'target/xen-size-seen': Said;
}

/** What storage of XenServer and XCP-ng demands of an image. */
export const xenRules = defineRules<Subject, XenFindings>()({
  'target/xen-format': {
    ...said,
    severity: 'error',
    title: 'XenServer does not take this format',
    spec: 'XenAPI, VDI import: vhd, raw, qcow2; xapi-project/xen-api, import_raw_vdi',
    check: demandFormat('XenServer', ['vhd', 'raw', 'qcow2'], 'convert it to VHD'),
  },
  'target/xen-qcow2': {
    ...said,
    severity: 'warning',
    title: 'Only new storage takes qcow2',
    spec: 'xapi-project/xen-api#6559: qcow2 beside VHD in storage repositories; XCP-ng 8.3',
    check(subject, tell) {
      const qcow2 = subject.disclosure.traits.qcow2;
      if (qcow2 === undefined) return;
      const sentence =
        'qcow2 is taken by storage repositories of XCP-ng 8.3 and later with qcow2 support only; all others take VHD';
      tell({ at: qcow2.versionAt, data: { sentence } });
    },
  },
  'target/xen-block-size': {
    ...said,
    severity: 'info',
    title: 'Blocks of another size than XenServer writes',
    spec: 'blktap, vhd/include/vhd.h: VHD_BLOCK_SIZE; xen-orchestra, vhd-lib: blocks of 2 MiB',
    check(subject, tell) {
      const vhd = subject.disclosure.traits.vhd;
      if (vhd === undefined || vhd.blockSize === null || vhd.blockSize === BLOCK) return;
      const sentence = `the blocks have ${vhd.blockSize} bytes; XenServer writes blocks of 2 MiB, and by reports some of its tools take no others`;
      tell({
        at: wholeOf(subject),
        data: { sentence },
        expected: String(BLOCK),
        actual: String(vhd.blockSize),
      });
    },
  },
  'target/xen-size-limit': {
    ...said,
    severity: 'error',
    title: 'The disk is larger than XenServer allows in a VHD',
    spec: 'xapi-project/xen-api#3788, blktap#35: 2040 GiB',
    check(subject, tell) {
      if (subject.image.format === 'vhd') demandSize('XenServer', 2040 * 2 ** 30, ' in a VHD')(subject, tell);
    },
  },
  'target/xen-size-unaligned': {
    ...said,
    severity: 'info',
    title: 'The disk is no whole number of blocks',
    spec: 'vatesfr/xen-orchestra#8422: the tail of a disk that is no multiple of 2 MiB',
    check(subject, tell) {
      const { size } = subject.image;
      if (size % BLOCK === 0) return;
      const sentence = `the disk has ${size} bytes, which is no multiple of 2 MiB; by reports some imports fail at the last block`;
      tell({ at: wholeOf(subject), data: { sentence }, actual: String(size) });
    },
  },
  'target/xen-size-seen': {
    ...said,
    severity: 'warning',
    title: 'XenServer and others see disks of different sizes',
    spec: 'VHD 1.0, Current Size and Disk Geometry',
    check: tellOtherSize('xen', 'XenServer'),
  },
});
