import { defineRules } from '../../../model/rule.ts';
import { describeRegion } from '../../shared/region-rules.ts';
import { compareStreams } from '../compare/compressed-overlaps.ts';
import type { Qcow2Findings } from '../findings.ts';
import type { Qcow2Image, Qcow2Walk } from '../image.ts';

const COMPRESSED = 'QEMU docs/interop/qcow2, "Cluster mapping", Compressed Clusters Descriptor';

/** The rules on compressed clusters. */
export const compressedRules = defineRules<Qcow2Image, Qcow2Findings, Qcow2Walk>()({
  'qcow2/compressed-copied': {
    severity: 'error',
    depth: 'metadata',
    title: 'COPIED is set on a compressed cluster',
    spec: `${COMPRESSED}; bit 63 of the L2 entry`,
    repair: 'safe',
    message: ({ field }) => `${field} is set, but a compressed cluster never has COPIED`,
  },
  'qcow2/compressed-out-of-file': {
    severity: 'error',
    depth: 'metadata',
    title: 'Compressed data are not in the file',
    spec: COMPRESSED,
    repair: 'none',
    message: describeRegion,
  },
  'qcow2/compressed-high-bits': {
    severity: 'error',
    depth: 'metadata',
    title: 'A compressed cluster has an impossible position',
    spec: COMPRESSED,
    repair: 'none',
    message: ({ entry }) => `${entry} gives a position of compressed data with bits above bit 55`,
  },
  'qcow2/compressed-in-metadata': {
    severity: 'error',
    depth: 'metadata',
    title: 'Compressed data overlap metadata',
    spec: COMPRESSED,
    repair: 'none',
    message: ({ region, start, other }) =>
      `${region} at byte ${start} overlaps ${other ?? 'a structure of the image'}`,
  },
  'qcow2/compressed-overlap': {
    severity: 'error',
    depth: 'metadata',
    title: 'The data of two compressed clusters overlap',
    spec: COMPRESSED,
    repair: 'none',
    message: ({ entry, start, end, other }) =>
      `the compressed cluster of ${entry} at bytes ${start} to ${end - 1} begins inside that of ${other}`,
    async check(image, tell, facts) {
      // Mostly the walk has seen that no two have bytes in common.
      if (facts.walk(image.file)?.areStreamsInOrder === false) await compareStreams(image, tell);
    },
  },
  'qcow2/compressed-with-data-file': {
    severity: 'error',
    depth: 'metadata',
    title: 'A cluster is compressed although there is an external data file',
    spec: 'QEMU docs/interop/qcow2, "External data file"',
    repair: 'none',
    message: ({ entry }) => `${entry} is compressed, which an image with an external data file forbids`,
  },
  'qcow2/compressed-with-encryption': {
    severity: 'error',
    depth: 'metadata',
    title: 'A cluster is compressed although the image is encrypted',
    spec: 'QEMU block/qcow2: compression and encryption exclude each other',
    repair: 'none',
    message: ({ entry }) => `${entry} is compressed, which cannot be in an encrypted image`,
  },
});
