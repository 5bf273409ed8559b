import { defineHostedRules } from './define.ts';

const TABLES = 'VMware Virtual Disk Format 5.0, Hosted Sparse Extents, grain tables';
const STREAM = 'VMware Virtual Disk Format 5.0, Stream-Optimized Compressed Sparse Extents, grain marker';

export const entryRules = defineHostedRules({
  'vmdk4/gte-one-without-flag': {
    severity: 'error',
    depth: 'metadata',
    title: 'An entry of 1 where the header knows no zeroed grains',
    spec: `${TABLES}, zeroed grains`,
    repair: 'decision',
    message: ({ field }) =>
      `${field} is 1, which means a zeroed grain only where flag bit 2 is set, and it is clear`,
  },
  'vmdk4/gte-misaligned': {
    severity: 'warning',
    depth: 'metadata',
    title: 'A grain does not begin where grains begin',
    spec: TABLES,
    repair: 'none',
    derivedFrom: ['vmdk4/overhead-invalid'],
    message: ({ field, entry, first, grain }) =>
      `${field} is sector ${entry}, not a multiple of ${grain} sectors after the first grain at ${first}`,
  },
  'vmdk4/gte-beyond-capacity': {
    severity: 'warning',
    depth: 'metadata',
    title: 'An entry for a grain past the end of the disk',
    spec: TABLES,
    repair: 'safe',
    message: ({ field, entry, grains }) => `${field} is ${entry}, but the disk ends with grain ${grains - 1}`,
  },
  'vmdk4/grain-lba-mismatch': {
    severity: 'error',
    depth: 'metadata',
    title: "A table entry points to another grain's data",
    spec: `${STREAM}, lba`,
    repair: 'decision',
    message: ({ field, expected, actual }) =>
      `${field} stands for guest sector ${expected}, but the grain that it points to says that it is sector ${actual}`,
  },
  'vmdk4/grain-size-zero': {
    severity: 'error',
    depth: 'metadata',
    title: 'A table entry points to a marker without data',
    spec: `${STREAM}, cmpSize`,
    repair: 'none',
    message: ({ field, entry }) =>
      `${field} points to sector ${entry}, whose marker gives the grain 0 bytes of data`,
  },
  'vmdk4/grain-size-excessive': {
    severity: 'error',
    depth: 'metadata',
    title: 'A compressed grain is larger than its data could be',
    spec: `${STREAM}, cmpSize`,
    repair: 'none',
    message: ({ field, entry, size, grainSize }) =>
      `${field} points to sector ${entry}, whose marker gives ${size} bytes of data for a grain of ${grainSize}`,
  },
});
