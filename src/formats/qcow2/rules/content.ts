import { defineRules } from '../../../model/rule.ts';
import type { Qcow2Findings } from '../findings.ts';
import type { Qcow2Image, Qcow2Walk } from '../image.ts';

const COMPRESSED = 'QEMU docs/interop/qcow2, "Cluster mapping", Compressed Clusters Descriptor';

/** The rules on what compressed clusters store. */
export const contentRules = defineRules<Qcow2Image, Qcow2Findings, Qcow2Walk>()({
  'qcow2/compressed-corrupt': {
    severity: 'error',
    depth: 'data',
    title: 'A compressed cluster cannot be unpacked',
    spec: COMPRESSED,
    repair: 'none',
    message: ({ region, start, expected, reason }) =>
      reason === null
        ? `${region} at byte ${start} gives more bytes than the ${expected} of a cluster`
        : `${region} at byte ${start} cannot be unpacked: ${reason}`,
  },
  'qcow2/compressed-too-short': {
    severity: 'error',
    depth: 'data',
    title: 'The descriptor of a compressed cluster counts too few sectors',
    spec: COMPRESSED,
    repair: 'safe',
    message: ({ region, length, used }) =>
      `${region} has ${length} bytes by its descriptor, and its stream needs ${used ?? 0}`,
  },
  'qcow2/compressed-short-output': {
    severity: 'error',
    depth: 'data',
    title: 'A compressed cluster gives too few bytes',
    spec: COMPRESSED,
    repair: 'none',
    message: ({ region, unpacked, expected }) =>
      `${region} gives ${unpacked ?? 0} bytes, and a cluster has ${expected}`,
  },
  'qcow2/compressed-oversized-n': {
    severity: 'info',
    depth: 'data',
    title: 'The descriptor of a compressed cluster counts too many sectors',
    spec: COMPRESSED,
    repair: 'safe',
    message: ({ region, length, used }) =>
      `${region} has ${length} bytes by its descriptor, and its stream ends after ${used ?? 0}`,
  },
});
