import { defineRules } from '../../model/rule.ts';
import type { Subject } from '../subject.ts';
import { demandFormat, demandSize, isStream, kindOf, said, wholeOf, type Said } from './said.ts';

const LARGEST = 62 * 2 ** 40;

/** What can keep ESXi from taking an image. */
export interface EsxFindings {
  'target/esx-format': Said;
  'target/esx-hosted-sparse': Said;
  'target/esx-hosted-flat': Said;
  'target/esx-stream-version': Said;
  'target/esx-stream-import': Said;
  'target/esx-stream-directory': Said;
  'target/esx-size-limit': Said;
  'target/esx-adapter': Said;
  'target/esx-size-seen': Said;
}

/** Types of extents that hosted products write and ESXi does not. */
const HOSTED_FLAT = 'FLAT';

/** What ESXi demands of an image. */
export const esxRules = defineRules<Subject, EsxFindings>()({
  'target/esx-format': {
    ...said,
    severity: 'error',
    title: 'ESXi takes VMDKs only',
    spec: 'vSphere Storage, Virtual disk formats',
    check: demandFormat('ESXi', ['vmdk'], 'convert it to a streamOptimized VMDK and import it in an OVA'),
  },
  'target/esx-hosted-sparse': {
    ...said,
    severity: 'error',
    title: 'ESXi does not run hosted sparse disks',
    spec: 'VMware KB 1028943: vmkfstools -i; "Unsupported or invalid disk type 7"',
    check(subject, tell) {
      const vmdk = subject.disclosure.traits.vmdk;
      if (vmdk === undefined || isStream(subject) || !vmdk.kinds.includes('hosted-sparse')) return;
      const sentence = `this VMDK is of the hosted sparse kind (${kindOf(subject)}), on which ESXi powers no machine on ("unsupported or invalid disk type 7"): import it with vmkfstools -i`;
      tell({ at: vmdk.hosted?.at ?? wholeOf(subject), data: { sentence } });
    },
  },
  'target/esx-hosted-flat': {
    ...said,
    severity: 'warning',
    title: 'Flat extents of hosted products',
    spec: 'VMware Virtual Disk Format 5.0, extents of type FLAT and VMFS',
    check(subject, tell) {
      const vmdk = subject.disclosure.traits.vmdk;
      if (vmdk === undefined || !vmdk.extentTypes.includes(HOSTED_FLAT)) return;
      const sentence =
        'its extents are FLAT, as hosted products write them, and ESXi writes VMFS: import it with vmkfstools -i';
      tell({ at: vmdk.descriptor?.at ?? wholeOf(subject), data: { sentence } });
    },
  },
  'target/esx-stream-version': {
    ...said,
    severity: 'error',
    title: 'ESXi imports streams of version 3 only',
    spec: 'glennmatthews/cot#65, mininet#483: "Not a supported disk format (sparse VMDK version too old)"',
    check(subject, tell) {
      const hosted = subject.disclosure.traits.vmdk?.hosted ?? null;
      if (hosted === null || !hosted.isCompressed || hosted.version >= 3) return;
      const sentence = `the stream is of version ${hosted.version}, and ESXi imports version 3 ("sparse VMDK version too old")`;
      tell({ at: hosted.at, data: { sentence }, expected: '3', actual: String(hosted.version) });
    },
  },
  'target/esx-stream-import': {
    ...said,
    severity: 'warning',
    title: 'A stream has to be imported',
    spec: 'pyvmomi#1064: a stream that is put on a datastore is "disk type 22"; VMware, OVF Tool User Guide',
    check(subject, tell) {
      if (!isStream(subject)) return;
      const sentence =
        'a streamOptimized VMDK is taken by an import (OVF, OVA, content library) only: put on a datastore as it is, no machine runs on it';
      tell({ at: wholeOf(subject), data: { sentence } });
    },
  },
  'target/esx-stream-directory': {
    ...said,
    severity: 'warning',
    title: 'Not the layout of streams that VMware writes',
    spec: 'flatcar/scripts#540, coreos-assembler#1156: streams of qemu-img that vSphere refuses; VMDK 5.0, Stream-Optimized',
    check(subject, tell) {
      const hosted = subject.disclosure.traits.vmdk?.hosted ?? null;
      if (hosted === null || !hosted.isCompressed || hosted.isDirectoryAtEnd) return;
      const sentence =
        'the grain directory is before the data and not named by a footer at the end, as in streams of qemu-img, of which imports are reported to fail ("400 Bad Request")';
      tell({ at: hosted.at, data: { sentence } });
    },
  },
  'target/esx-size-limit': {
    ...said,
    severity: 'error',
    title: 'The disk is larger than ESXi allows',
    spec: 'VMware configuration maximums: virtual disk size 62 TB',
    check: demandSize('ESXi', LARGEST, ''),
  },
  'target/esx-adapter': {
    ...said,
    severity: 'info',
    title: 'An adapter that machines may not boot from',
    spec: 'home-assistant/operating-system#1674, open-vmdk: adapterType lsilogic',
    check(subject, tell) {
      const adapter = subject.disclosure.traits.vmdk?.adapterType ?? null;
      if (adapter === null || adapter.name.toLowerCase() !== 'ide') return;
      const sentence =
        'ddb.adapterType is ide; by reports machines that are imported with it do not boot, and lsilogic works';
      tell({ at: adapter.at, data: { sentence }, expected: 'lsilogic', actual: adapter.name });
    },
  },
  'target/esx-size-seen': {
    ...said,
    severity: 'info',
    title: 'ESXi and others see disks of different sizes',
    spec: 'VMware Virtual Disk Format 5.0, extents that are RDONLY, NOACCESS or ZERO',
    check(subject, tell) {
      const [other] = subject.disclosure.sizes;
      if (other === undefined || subject.image.format !== 'vmdk') return;
      const sentence = `ESXi sees a disk of ${subject.image.size} bytes, but ${other.readers} sees ${other.bytes}`;
      tell({ at: wholeOf(subject), data: { sentence }, actual: String(other.bytes) });
    },
  },
});
