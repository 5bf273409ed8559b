import { defineRules } from '../../model/rule.ts';
import type { Subject } from '../subject.ts';
import { demandFormat, said, tellOtherSize, wholeOf, type Said } from './said.ts';

/** What can keep VirtualBox from taking an image. */
export interface VirtualboxFindings {
  'target/virtualbox-format': Said;
  'target/virtualbox-qcow2': Said;
  'target/virtualbox-sesparse': Said;
  'target/virtualbox-vmdk-version': Said;
  'target/virtualbox-stream-read-only': Said;
  'target/virtualbox-descriptor': Said;
  'target/virtualbox-size-seen': Said;
}

/** What VirtualBox demands of an image. */
export const virtualboxRules = defineRules<Subject, VirtualboxFindings>()({
  'target/virtualbox-format': {
    ...said,
    severity: 'error',
    title: 'VirtualBox does not take this format',
    spec: 'Oracle VirtualBox User Manual, Disk Image Files (VDI, VMDK, VHD, HDD)',
    check: demandFormat('VirtualBox', ['vdi', 'vmdk', 'vhd', 'qcow2'], 'convert it to VDI'),
  },
  'target/virtualbox-qcow2': {
    ...said,
    severity: 'error',
    title: 'VirtualBox reads old qcow2 only',
    spec: 'VirtualBox, src/VBox/Storage/QCOW.cpp: versions 1 and 2, version 2 not written, no compression or encryption',
    check(subject, tell) {
      const qcow2 = subject.disclosure.traits.qcow2;
      if (qcow2 === undefined) return;
      if (qcow2.version === 3) {
        const sentence = 'VirtualBox reads qcow2 up to version 2, and this is version 3: convert it to VDI';
        tell({ at: qcow2.versionAt, data: { sentence }, expected: '2', actual: '3' });
      } else {
        const sentence =
          'VirtualBox reads qcow2 of version 2, but does not write it: convert it to VDI to run a machine on it';
        tell({ at: qcow2.versionAt, data: { sentence }, severity: 'warning' });
      }
    },
  },
  'target/virtualbox-sesparse': {
    ...said,
    severity: 'error',
    title: 'VirtualBox does not read disks of ESXi snapshots',
    spec: 'VirtualBox, src/VBox/Storage/VMDK.cpp: extent types',
    check(subject, tell) {
      const vmdk = subject.disclosure.traits.vmdk;
      const kind = vmdk?.kinds.find((each) => each === 'sesparse' || each === 'cowd');
      if (kind === undefined) return;
      const name = kind === 'cowd' ? 'VMFSSPARSE' : 'SESPARSE';
      tell({ at: wholeOf(subject), data: { sentence: `VirtualBox does not know extents of type ${name}` } });
    },
  },
  'target/virtualbox-vmdk-version': {
    ...said,
    severity: 'error',
    title: 'VirtualBox does not read sparse extents of version 2',
    spec: 'VirtualBox, src/VBox/Storage/VMDK.cpp: sparse extent header, versions 1 and 3',
    check(subject, tell) {
      const hosted = subject.disclosure.traits.vmdk?.hosted ?? null;
      if (hosted === null || hosted.version === 1 || hosted.version === 3) return;
      const sentence = `the sparse extent is of version ${hosted.version}, and VirtualBox reads versions 1 and 3`;
      tell({ at: hosted.at, data: { sentence }, expected: '1 or 3', actual: String(hosted.version) });
    },
  },
  'target/virtualbox-stream-read-only': {
    ...said,
    severity: 'warning',
    title: 'VirtualBox does not write into a stream',
    spec: 'VirtualBox, src/VBox/Storage/VMDK.cpp: streamOptimized images are opened read-only',
    check(subject, tell) {
      const hosted = subject.disclosure.traits.vmdk?.hosted ?? null;
      if (hosted === null || !hosted.isCompressed) return;
      const sentence = 'VirtualBox imports a streamOptimized VMDK, and runs no machine that writes on it';
      tell({ at: hosted.at, data: { sentence } });
    },
  },
  'target/virtualbox-descriptor': {
    ...said,
    severity: 'error',
    title: 'VirtualBox does not read the descriptor',
    spec: 'VirtualBox, src/VBox/Storage/VMDK.cpp: vmdkPreprocessDescriptor',
    check(subject, tell) {
      const descriptor = subject.disclosure.traits.vmdk?.descriptor ?? null;
      if (descriptor === null) return;
      const { at, version, unparsedLines } = descriptor;
      if (version !== null && version !== '1') {
        const sentence = `the descriptor is of version ${JSON.stringify(version)}, and VirtualBox reads version 1 only`;
        tell({ at, data: { sentence }, expected: '1', actual: version });
      }
      if (unparsedLines === 0) return;
      const sentence = `${unparsedLines} lines of the descriptor mean nothing, and VirtualBox refuses such descriptors`;
      tell({ at, data: { sentence } });
    },
  },
  'target/virtualbox-size-seen': {
    ...said,
    severity: 'warning',
    title: 'VirtualBox and others see disks of different sizes',
    spec: 'VHD 1.0, Current Size and Disk Geometry; VMDK 5.0, extents',
    check: tellOtherSize('virtualbox', 'VirtualBox'),
  },
});
