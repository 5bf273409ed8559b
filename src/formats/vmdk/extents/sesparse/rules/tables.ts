import { describeRegion } from '../../../../shared/region-rules.ts';
import { defineSeSparseRules } from './define.ts';

const TABLES = 'QEMU 7.2, block/vmdk.c, seSparse grain directory and grain tables';

export const tableRules = defineSeSparseRules({
  'sesparse/gde-type': {
    severity: 'error',
    depth: 'metadata',
    title: 'A grain directory entry of unknown kind',
    spec: TABLES,
    repair: 'none',
    derivedFrom: ['sesparse/area-overlap'],
    message: ({ field, actual }) =>
      `${field} is ${actual}: the top four bits must be 1 and the next 28 zero, or the whole entry`,
  },
  'sesparse/gde-out-of-area': {
    severity: 'error',
    depth: 'metadata',
    title: 'A grain table outside the area of tables',
    spec: TABLES,
    repair: 'none',
    derivedFrom: ['sesparse/area-overlap', 'sesparse/area-out-of-file', 'sesparse/grain-tables-too-small'],
    message: ({ field, index, tables }) =>
      `${field} points to table ${index}, but the area inside the file has room for ${tables}`,
  },
  'sesparse/gde-duplicate': {
    severity: 'error',
    depth: 'metadata',
    title: 'Two entries of the grain directory share a table',
    spec: TABLES,
    repair: 'none',
    derivedFrom: ['sesparse/area-overlap'],
    message: describeRegion,
  },
  'sesparse/gte-type': {
    severity: 'error',
    depth: 'metadata',
    title: 'A grain table entry of unknown kind',
    spec: TABLES,
    repair: 'none',
    derivedFrom: ['sesparse/area-overlap'],
    message: ({ field, actual }) => `${field} is ${actual}, its top four bits are above 3, an unknown kind`,
  },
  'sesparse/gte-unallocated-payload': {
    severity: 'error',
    depth: 'metadata',
    title: 'An entry of an unallocated grain is not zero',
    spec: TABLES,
    repair: 'none',
    derivedFrom: ['sesparse/area-overlap'],
    message: ({ field, actual }) =>
      `${field} is ${actual}: unallocated by its top four bits, but the rest is not zero`,
  },
  'sesparse/gte-zero-payload': {
    severity: 'info',
    depth: 'metadata',
    title: 'An entry of a grain of zeros has a payload',
    spec: `${TABLES}; what belongs into the rest is inferred`,
    repair: 'none',
    message: ({ field, actual }) =>
      `${field} is ${actual}: a grain of zeros by its top four bits, but the rest is not zero`,
  },
  'sesparse/gte-out-of-file': {
    severity: 'error',
    depth: 'metadata',
    title: 'A grain is outside the file',
    spec: TABLES,
    repair: 'none',
    derivedFrom: ['sesparse/area-overlap'],
    message: describeRegion,
  },
  'sesparse/gte-out-of-area': {
    severity: 'error',
    depth: 'metadata',
    title: 'A grain is outside the area of grains',
    spec: TABLES,
    repair: 'none',
    derivedFrom: ['sesparse/area-overlap'],
    message: ({ field, slot, slots }) =>
      `${field} has slot ${slot}, but the area of grains ends with slot ${slots - 1}`,
  },
  'sesparse/gte-duplicate': {
    severity: 'error',
    depth: 'metadata',
    title: 'Two entries have one slot',
    spec: TABLES,
    repair: 'none',
    derivedFrom: ['sesparse/gde-duplicate', 'sesparse/area-overlap'],
    message: describeRegion,
  },
  'sesparse/gte-unmapped-reuse': {
    severity: 'info',
    depth: 'metadata',
    title: 'A slot to be reclaimed is in use',
    spec: `${TABLES}; the payload of kind 1 is known from one source`,
    repair: 'none',
    derivedFrom: ['sesparse/area-overlap'],
    message: describeRegion,
  },
  'sesparse/gte-beyond-capacity': {
    severity: 'warning',
    depth: 'metadata',
    title: 'An entry for a grain past the end of the disk',
    spec: TABLES,
    repair: 'none',
    message: ({ field, actual, grains }) =>
      `${field} is ${actual}, but the disk ends with grain ${grains - 1}`,
  },
});
