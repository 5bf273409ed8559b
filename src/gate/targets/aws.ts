import { defineRules } from '../../model/rule.ts';
import type { Subject } from '../subject.ts';
import {
  demandFormat,
  demandSize,
  demandWhole,
  isStream,
  kindOf,
  said,
  tellOtherSize,
  wholeOf,
  type Said,
} from './said.ts';

/** What can keep AWS from taking an image. */
export interface AwsFindings {
  'target/aws-format': Said;
  'target/aws-vmdk-type': Said;
  'target/aws-parent': Said;
  'target/aws-size-limit': Said;
  'target/aws-encrypted': Said;
  'target/aws-size-seen': Said;
}

const FORMATS = 'AWS VM Import/Export User Guide, Requirements, Image formats';

/** What VM Import/Export demands of an image. */
export const awsRules = defineRules<Subject, AwsFindings>()({
  'target/aws-format': {
    ...said,
    severity: 'error',
    title: 'AWS does not import this format',
    spec: FORMATS,
    check: demandFormat('AWS', ['vmdk', 'vhd', 'raw'], 'convert it to raw, VHD or streamOptimized VMDK'),
  },
  'target/aws-vmdk-type': {
    ...said,
    severity: 'error',
    title: 'AWS imports streamOptimized VMDKs only',
    spec: FORMATS,
    check(subject, tell) {
      if (subject.image.format !== 'vmdk' || isStream(subject)) return;
      const sentence = `of VMDKs AWS takes streamOptimized ones only, and this one is ${kindOf(subject)}`;
      tell({
        at: wholeOf(subject),
        data: { sentence },
        expected: 'streamOptimized',
        actual: subject.image.variant,
      });
    },
  },
  'target/aws-parent': {
    ...said,
    severity: 'error',
    title: 'AWS does not import a disk without its parent',
    spec: `${FORMATS}: fixed and dynamic VHD`,
    check: demandWhole('AWS'),
  },
  'target/aws-size-limit': {
    ...said,
    severity: 'error',
    title: 'The disk is larger than a volume of AWS',
    spec: 'Amazon EBS User Guide, Constraints on the size and configuration of a volume: 64 TiB',
    check: demandSize('AWS', 64 * 2 ** 40, ' in a volume'),
  },
  'target/aws-encrypted': {
    ...said,
    severity: 'info',
    title: 'An import does not see into an encrypted disk',
    spec: 'AWS VM Import/Export User Guide, ImportImage: the operating system on the disk is looked at and changed',
    check(subject, tell) {
      const { encryption } = subject.disclosure;
      if (encryption === null) return;
      const sentence = `the disk is encrypted (${encryption.method}), so that an import cannot find the operating system on it`;
      tell({ at: encryption.at, data: { sentence } });
    },
  },
  'target/aws-size-seen': {
    ...said,
    severity: 'warning',
    title: 'AWS and others see disks of different sizes',
    spec: 'VHD 1.0, Current Size and Disk Geometry',
    check: tellOtherSize('aws', 'AWS'),
  },
});
