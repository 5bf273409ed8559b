import { defineRules } from '../../model/rule.ts';
import { findForeignMarks, findImageMark } from '../marks.ts';
import type { Subject } from '../subject.ts';
import { demandFormat, said, tellOtherSize, wholeOf, type Said } from './said.ts';

/** What can keep Glance from taking an image. */
export interface GlanceFindings {
  'target/glance-format': Said;
  'target/glance-backing-file': Said;
  'target/glance-data-file': Said;
  'target/glance-features': Said;
  'target/glance-vmdk-type': Said;
  'target/glance-descriptor': Said;
  'target/glance-footer': Said;
  'target/glance-two-formats': Said;
  'target/glance-fixed-vhd': Said;
  'target/glance-size-seen': Said;
}

const INSPECTOR = 'OpenStack oslo.utils, imageutils/format_inspector.py';
const DESCRIPTOR_AT = 512;

/** What OpenStack's inspector, which Glance, Nova and Cinder ask, demands of an image. */
export const glanceRules = defineRules<Subject, GlanceFindings>()({
  'target/glance-format': {
    ...said,
    severity: 'error',
    title: 'Glance does not take this format',
    spec: 'OpenStack Glance, disk_formats',
    check: demandFormat('Glance', ['qcow2', 'vmdk', 'vhd', 'vdi', 'raw'], 'convert it to qcow2'),
  },
  'target/glance-backing-file': {
    ...said,
    severity: 'error',
    title: 'Glance refuses a qcow2 with a backing file',
    spec: `${INSPECTOR}, check backing_file`,
    check(subject, tell) {
      const qcow2 = subject.disclosure.traits.qcow2;
      if (qcow2 === undefined || !qcow2.hasBackingFile) return;
      const at = subject.disclosure.names.find(({ kind }) => kind === 'backing file')?.at ?? wholeOf(subject);
      tell({
        at,
        data: { sentence: 'Glance refuses a qcow2 whose header has a position for a backing file' },
      });
    },
  },
  'target/glance-data-file': {
    ...said,
    severity: 'error',
    title: 'Glance refuses a qcow2 with a data file',
    spec: `${INSPECTOR}, check data_file`,
    check(subject, tell) {
      const qcow2 = subject.disclosure.traits.qcow2;
      if (qcow2 === undefined || !qcow2.hasDataFile) return;
      tell({
        at: qcow2.featuresAt ?? wholeOf(subject),
        data: { sentence: 'Glance refuses a qcow2 whose data are in an external file' },
      });
    },
  },
  'target/glance-features': {
    ...said,
    severity: 'error',
    title: 'Glance refuses features of qcow2 that it does not know',
    spec: `${INSPECTOR}, check unknown_features: bit 4 (extended L2 entries) and above`,
    check(subject, tell) {
      const qcow2 = subject.disclosure.traits.qcow2;
      if (qcow2 === undefined || (!qcow2.hasExtendedL2 && !qcow2.hasUnknownFeatures)) return;
      const what = qcow2.hasUnknownFeatures
        ? 'an unknown incompatible feature'
        : 'extended L2 entries, which it does not know';
      tell({
        at: qcow2.featuresAt ?? wholeOf(subject),
        data: { sentence: `Glance refuses a qcow2 with ${what}` },
      });
    },
  },
  'target/glance-vmdk-type': {
    ...said,
    severity: 'error',
    title: 'Glance takes two types of VMDK only',
    spec: `${INSPECTOR}, VMDK: monolithicSparse, streamOptimized; Glance, vmdk_allowed_types`,
    check(subject, tell) {
      const vmdk = subject.disclosure.traits.vmdk;
      if (vmdk === undefined) return;
      const { createType } = vmdk;
      if (createType === 'monolithicSparse' || createType === 'streamOptimized') return;
      const sentence = `Glance takes monolithicSparse and streamOptimized VMDKs, and this one is ${createType ?? 'of no type that it says'}`;
      tell({ at: vmdk.descriptor?.at ?? wholeOf(subject), data: { sentence }, actual: createType });
    },
  },
  'target/glance-descriptor': {
    ...said,
    severity: 'error',
    title: 'Glance does not take this descriptor',
    spec: `${INSPECTOR}, check descriptor`,
    check(subject, tell) {
      const { names } = subject.disclosure;
      const descriptor = subject.disclosure.traits.vmdk?.descriptor ?? null;
      if (descriptor === null) return;
      const flaws = [
        ...(descriptor.isEmbedded && descriptor.offset !== DESCRIPTOR_AT
          ? [`it is at byte ${descriptor.offset}, not at 512`]
          : []),
        ...(descriptor.isEmbedded ? [] : ['it is in a file of its own']),
        ...(descriptor.isAscii ? [] : ['it is not plain ASCII']),
        ...(descriptor.unparsedLines === 0 ? [] : [`${descriptor.unparsedLines} of its lines mean nothing`]),
        ...(names.some(({ kind, name }) => kind === 'extent' && name.includes('/'))
          ? ['a slash is in the name of an extent']
          : []),
      ];
      if (flaws.length === 0) return;
      tell({ at: descriptor.at, data: { sentence: `Glance refuses the descriptor: ${flaws.join(', ')}` } });
    },
  },
  'target/glance-footer': {
    ...said,
    severity: 'warning',
    title: 'Older Glance refuses a VMDK with a footer',
    spec: `${INSPECTOR}, older releases: "Unsupported VMDK footer"`,
    check(subject, tell) {
      const hosted = subject.disclosure.traits.vmdk?.hosted ?? null;
      if (hosted === null || !hosted.isDirectoryAtEnd) return;
      const sentence =
        'the grain directory is named by a footer at the end, which older releases of OpenStack refuse';
      tell({ at: hosted.at, data: { sentence } });
    },
  },
  'target/glance-two-formats': {
    ...said,
    severity: 'error',
    title: 'Glance refuses a file of two formats',
    spec: `${INSPECTOR}, detect_file_format: "Multiple formats detected"`,
    async check(subject, tell) {
      const { image, file, source, disclosure } = subject;
      const isPlain = disclosure.plain.some((located) => located.file === file && located.offset === 0);
      const own = isPlain ? await findImageMark(file, source, 0) : null;
      for (const { format, at } of [...(own === null ? [] : [own]), ...(await findForeignMarks(subject))])
        tell({
          at,
          data: {
            sentence: `Glance sees ${format} in an image that is said to be ${image.format}, and refuses it`,
          },
        });
    },
  },
  'target/glance-fixed-vhd': {
    ...said,
    severity: 'warning',
    title: 'Glance takes a fixed VHD for a raw disk',
    spec: `${INSPECTOR}, VHD: the first 512 bytes`,
    check(subject, tell) {
      const vhd = subject.disclosure.traits.vhd;
      if (vhd === undefined || vhd.variant !== 'fixed') return;
      const sentence =
        'Glance looks for a VHD at the start of the file, where a fixed one has guest data: it takes it for a raw disk whose last 512 bytes are the footer';
      tell({ at: wholeOf(subject), data: { sentence } });
    },
  },
  'target/glance-size-seen': {
    ...said,
    severity: 'warning',
    title: 'Glance and others see disks of different sizes',
    spec: 'QEMU, block/vpc.c and block/vmdk.c, by which Nova and Cinder read images',
    check: tellOtherSize('glance', 'OpenStack'),
  },
});
