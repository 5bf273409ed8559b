import { defineRules, describeBreach } from '../../../model/rule.ts';
import type { Qcow2Findings } from '../findings.ts';
import type { Qcow2Image } from '../image.ts';
import { exactL1Entries, MAX_L1_ENTRIES } from '../layout/geometry.ts';
import { sentenceOr } from './sentence.ts';

const HEADER = 'QEMU docs/interop/qcow2, "Header"';

/** The rules on the header, its length and the size of the disk. */
export const headerRules = defineRules<Qcow2Image, Qcow2Findings>()({
  'qcow2/magic': {
    severity: 'error',
    depth: 'header',
    title: 'The file does not begin with the qcow2 magic',
    spec: HEADER,
    repair: 'safe',
    message: describeBreach,
  },
  'qcow2/version': {
    severity: 'error',
    depth: 'header',
    title: 'Unknown version',
    spec: HEADER,
    repair: 'none',
    message: ({ actual }) =>
      actual === '1'
        ? 'header.version is 1: this is the older format qcow, which is another one and not supported'
        : `header.version is ${actual}, must be 2 or 3`,
  },
  'qcow2/header-truncated': {
    severity: 'error',
    depth: 'header',
    title: 'The header is cut off',
    spec: HEADER,
    repair: 'none',
    message: sentenceOr(({ field, actual }) => `the file ends inside the header: ${field} has ${actual}`),
    check({ file, fileSize, geometry, extensions, backing }, tell) {
      if (fileSize >= geometry.clusterSize) return;
      const nameEnd = backing === null ? 0 : backing.offset + backing.length;
      const isContentCut = !extensions.isEnded || (nameEnd > fileSize && nameEnd <= geometry.clusterSize);
      tell({
        at: { file, offset: 0, length: fileSize, field: 'header' },
        ...(isContentCut ? {} : { severity: 'warning' }),
        data: `the file ends after ${fileSize} bytes, inside its first cluster of ${geometry.clusterSize}`,
        expected: String(geometry.clusterSize),
        actual: String(fileSize),
      });
    },
  },
  'qcow2/header-length': {
    severity: 'error',
    depth: 'header',
    title: 'The header length is impossible',
    spec: `${HEADER}, header_length`,
    repair: 'none',
    message: sentenceOr(
      ({ actual }) =>
        `header.header_length is ${actual}, must be a multiple of 8 from 104 up to the cluster size`,
    ),
  },
  'qcow2/header-unknown-fields': {
    severity: 'info',
    depth: 'header',
    title: 'The header has fields that are not known',
    spec: `${HEADER}, additional fields`,
    repair: 'none',
    message: () => 'the header is longer than the 112 bytes that are known, and the rest is not zero',
  },
  'qcow2/header-padding': {
    severity: 'warning',
    depth: 'header',
    title: 'Header padding is not zero',
    spec: `${HEADER}, padding`,
    repair: 'safe',
    message: ({ actual }) => `bytes 105 to 111 of the header must be zero, but are ${actual}`,
  },
  'qcow2/cluster-bits': {
    severity: 'error',
    depth: 'header',
    title: 'The cluster size is impossible',
    spec: `${HEADER}, cluster_bits`,
    repair: 'none',
    message: sentenceOr(({ actual }) => `header.cluster_bits is ${actual}, must be 9 to 21`),
  },
  'qcow2/size-unaligned': {
    severity: 'warning',
    depth: 'header',
    title: 'The disk is not a whole number of sectors',
    spec: `${HEADER}, size`,
    repair: 'lossy',
    message: ({ size }) => `the disk has ${size} bytes, which is ${size % 512} more than a multiple of 512`,
    check({ header, geometry }, tell) {
      if (geometry.size % 512 === 0) return;
      const at = header.at('size');
      tell({
        at,
        data: { size: geometry.size },
        expected: 'a multiple of 512',
        actual: String(geometry.size),
      });
    },
  },
  'qcow2/size-limit': {
    severity: 'error',
    depth: 'header',
    title: 'The disk is larger than its tables can be',
    spec: `${HEADER}, size; QEMU's limit of 32 MiB for an L1 table`,
    repair: 'none',
    message: (data) =>
      'entries' in data
        ? `a disk of ${data.size} bytes needs an L1 table of ${data.entries} entries, more than the 4194304 that fit into 32 MiB`
        : `header.size is ${data.actual}, must be ${data.expected}`,
    check({ header, geometry }, tell) {
      const entries = exactL1Entries(geometry, header.fields.size);
      if (entries <= MAX_L1_ENTRIES) return;
      const size = String(header.fields.size);
      tell({ at: header.at('size'), data: { size, entries: String(entries) }, actual: size });
    },
  },
});
