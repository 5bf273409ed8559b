import { defineRules } from '../../model/rule.ts';
import type { Subject } from '../subject.ts';
import { demandFormat, demandSize, said, tellOtherSize, wholeOf, type Said } from './said.ts';

/** What can keep Hyper-V from taking an image. */
export interface HypervFindings {
  'target/hyperv-format': Said;
  'target/hyperv-size-limit': Said;
  'target/hyperv-generation': Said;
  'target/hyperv-size-seen': Said;
}

/** What Hyper-V demands of an image. */
export const hypervRules = defineRules<Subject, HypervFindings>()({
  'target/hyperv-format': {
    ...said,
    severity: 'error',
    title: 'Hyper-V takes VHD and VHDX only',
    spec: 'Microsoft, Hyper-V, Manage virtual hard disks; New-VHD',
    check: demandFormat('Hyper-V', ['vhd'], 'convert it to VHD'),
  },
  'target/hyperv-size-limit': {
    ...said,
    severity: 'error',
    title: 'The disk is larger than a VHD can be',
    spec: 'Microsoft, Hyper-V scalability: VHD 2040 GB',
    check(subject, tell) {
      if (subject.image.format === 'vhd') demandSize('Hyper-V', 2040 * 2 ** 30, ' in a VHD')(subject, tell);
    },
  },
  'target/hyperv-generation': {
    ...said,
    severity: 'info',
    title: 'Machines of generation 2 do not start from a VHD',
    spec: 'Microsoft, Should I create a generation 1 or 2 virtual machine in Hyper-V?',
    check(subject, tell) {
      if (subject.image.format !== 'vhd') return;
      const sentence = 'machines of generation 1 start from this disk; those of generation 2 need VHDX';
      tell({ at: wholeOf(subject), data: { sentence } });
    },
  },
  'target/hyperv-size-seen': {
    ...said,
    severity: 'warning',
    title: 'Hyper-V and others see disks of different sizes',
    spec: 'VHD 1.0, Current Size and Disk Geometry',
    check: tellOtherSize('hyperv', 'Hyper-V'),
  },
});
