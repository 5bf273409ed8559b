import { defineHostedRules } from './define.ts';

const STREAM = 'VMware Virtual Disk Format 5.0, Stream-Optimized Compressed Sparse Extents, grains';

/** The rules on what compressed grains store. */
export const contentRules = defineHostedRules({
  'vmdk4/grain-not-zlib': {
    severity: 'error',
    depth: 'data',
    title: 'A compressed grain is no zlib stream',
    spec: `${STREAM}; RFC 1950, section 2.2`,
    repair: 'none',
    message: ({ region, start, reason }) =>
      reason === null
        ? `${region} at byte ${start} does not begin with the header of a zlib stream`
        : `${region} at byte ${start} is ${reason}`,
  },
  'vmdk4/grain-corrupt': {
    severity: 'error',
    depth: 'data',
    title: 'A compressed grain cannot be inflated',
    spec: `${STREAM}; RFC 1950`,
    repair: 'none',
    message: ({ region, start, reason }) =>
      `${region} at byte ${start} cannot be inflated: ${reason ?? 'damaged'}`,
  },
  'vmdk4/grain-inflates-short': {
    severity: 'error',
    depth: 'data',
    title: 'A compressed grain gives too few bytes',
    spec: STREAM,
    repair: 'none',
    message: ({ region, unpacked, expected }) =>
      `${region} inflates to ${unpacked ?? 0} bytes, and ${expected} are needed`,
  },
  'vmdk4/grain-inflates-long': {
    severity: 'error',
    depth: 'data',
    title: 'A compressed grain gives more bytes than a grain has',
    spec: STREAM,
    repair: 'none',
    message: ({ region, expected }) => `${region} inflates to more bytes than the ${expected} of a grain`,
  },
  'vmdk4/grain-trailing-bytes': {
    severity: 'info',
    depth: 'data',
    title: 'Bytes follow the stream of a compressed grain',
    spec: `${STREAM}, cmpSize`,
    repair: 'safe',
    message: ({ region, length, used }) =>
      `${region} has ${length} bytes by its marker, and its stream ends after ${used ?? 0}`,
  },
  'vmdk4/grain-padding-nonzero': {
    severity: 'info',
    depth: 'data',
    title: 'The sector after a compressed grain is not filled with zeros',
    spec: STREAM,
    repair: 'lossy',
    message: ({ region, start, length }) =>
      `${region} ends at byte ${start + length}, and what follows in its last sector is not zero`,
  },
  'vmdk4/grain-all-zero': {
    severity: 'info',
    depth: 'data',
    title: 'A stored grain is all zeros',
    spec: STREAM,
    repair: 'lossy',
    message: ({ region, length }) => `${region} takes ${length} bytes to store nothing but zeros`,
  },
});
