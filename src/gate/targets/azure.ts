import { defineRules } from '../../model/rule.ts';
import { bytesText } from '../bytes-text.ts';
import type { Subject } from '../subject.ts';
import { demandFormat, said, tellOtherSize, wholeOf, type Said } from './said.ts';

const MIB = 2 ** 20;
const LEAST = 20 * MIB;
const MOST = 32 * 2 ** 40;
const FOOTER = 512;

/** What can keep Azure from taking an image. */
export interface AzureFindings {
  'target/azure-format': Said;
  'vhd/azure-not-fixed': Said;
  'vhd/azure-size-alignment': Said;
  'target/azure-file-size': Said;
  'target/azure-size-limits': Said;
  'target/azure-creator-os': Said;
  'target/azure-size-seen': Said;
}

/** Microsoft, Azure documentation. */
const PREPARE = 'Azure documentation, Prepare a Windows VHD or VHDX to upload to Azure';
const UPLOAD = 'Azure documentation, Upload a VHD to Azure (managed disk, direct upload)';

/** What Azure demands of an image. */
export const azureRules = defineRules<Subject, AzureFindings>()({
  'target/azure-format': {
    ...said,
    severity: 'error',
    title: 'Azure does not take this format',
    spec: PREPARE,
    check: demandFormat('Azure', ['vhd'], 'convert it to a fixed VHD'),
  },
  'vhd/azure-not-fixed': {
    ...said,
    severity: 'error',
    title: 'Azure takes fixed VHDs only',
    spec: PREPARE,
    check(subject, tell) {
      const vhd = subject.disclosure.traits.vhd;
      if (vhd === undefined || vhd.variant === 'fixed') return;
      const sentence = `Azure takes fixed VHDs only, and this one is ${vhd.variant}`;
      tell({ at: vhd.diskTypeAt, data: { sentence }, expected: 'fixed', actual: vhd.variant });
    },
  },
  'vhd/azure-size-alignment': {
    ...said,
    severity: 'error',
    repair: 'lossy',
    title: 'Azure takes disks of whole MiB only',
    spec: PREPARE,
    check(subject, tell) {
      const vhd = subject.disclosure.traits.vhd;
      if (vhd === undefined || vhd.currentSize % MIB === 0) return;
      const { currentSize } = vhd;
      const grown = Math.ceil(currentSize / MIB) * MIB;
      const sentence = `the disk has ${currentSize} bytes, ${currentSize % MIB} more than whole MiB, and Azure takes whole MiB only`;
      tell({
        at: vhd.currentSizeAt,
        data: { sentence },
        expected: String(grown),
        actual: String(currentSize),
      });
    },
  },
  'target/azure-file-size': {
    ...said,
    severity: 'error',
    title: 'The file is not the disk and its footer',
    spec: `${UPLOAD}; VHD 1.0, Fixed Hard Disk Image`,
    check(subject, tell) {
      const vhd = subject.disclosure.traits.vhd;
      if (vhd === undefined || vhd.variant !== 'fixed' || vhd.dataBytes === vhd.currentSize) return;
      const expected = vhd.currentSize + FOOTER;
      const sentence = `Azure takes files of the size of the disk and ${FOOTER} bytes, ${expected}, and this one has ${subject.source.size}`;
      tell({
        at: wholeOf(subject),
        data: { sentence },
        expected: String(expected),
        actual: String(subject.source.size),
      });
    },
  },
  'target/azure-size-limits': {
    ...said,
    severity: 'error',
    title: 'Azure does not take disks of this size',
    spec: UPLOAD,
    check(subject, tell) {
      const { size } = subject.image;
      if (size >= LEAST && size <= MOST) return;
      const sentence = `the disk has ${bytesText(size)}, and an upload to Azure has ${bytesText(LEAST)} to ${bytesText(MOST)}`;
      tell({
        at: wholeOf(subject),
        data: { sentence },
        expected: `${LEAST} to ${MOST}`,
        actual: String(size),
      });
    },
  },
  'target/azure-creator-os': {
    ...said,
    severity: 'info',
    title: 'A creator that Azure may not know',
    spec: 'FreeBSD mkimg, revision 284655: the creator must be Windows for Azure',
    check(subject, tell) {
      const vhd = subject.disclosure.traits.vhd;
      if (vhd === undefined || vhd.creatorOs === 'Wi2k') return;
      const sentence = `the creator's system is "${vhd.creatorOs}"; by reports Azure expects Wi2k`;
      tell({ at: vhd.creatorOsAt, data: { sentence }, expected: 'Wi2k', actual: vhd.creatorOs });
    },
  },
  'target/azure-size-seen': {
    ...said,
    severity: 'warning',
    title: 'Azure and others see disks of different sizes',
    spec: 'VHD 1.0, Current Size and Disk Geometry; Azure documentation on force_size of qemu-img',
    check: tellOtherSize('azure', 'Azure'),
  },
});
