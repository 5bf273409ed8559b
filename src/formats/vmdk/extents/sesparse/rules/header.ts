import { describeBreach } from '../../../../../model/rule.ts';
import { findAreasOutside } from './area-faults.ts';
import { defineSeSparseRules } from './define.ts';

const CONSTANT = 'QEMU 7.2, block/vmdk.c, seSparse constant header';
const VOLATILE = 'QEMU 7.2, block/vmdk.c, seSparse volatile header';

export const headerRules = defineSeSparseRules({
  'sesparse/const-magic': {
    severity: 'error',
    depth: 'header',
    title: 'The extent does not begin with the magic of seSparse',
    spec: CONSTANT,
    repair: 'none',
    message: describeBreach,
  },
  'sesparse/area-out-of-file': {
    severity: 'error',
    depth: 'header',
    title: 'An area is not inside the file',
    spec: CONSTANT,
    repair: 'none',
    message: ({ field, expected, actual }) => `${field} is ${actual}: ${expected}`,
    check: ({ extent }, tell) => findAreasOutside(extent, tell),
  },
  'sesparse/version': {
    severity: 'error',
    depth: 'header',
    title: 'Unknown version of seSparse',
    spec: CONSTANT,
    repair: 'none',
    message: describeBreach,
  },
  'sesparse/grain-size': {
    severity: 'error',
    depth: 'header',
    title: 'Unknown grain size of seSparse',
    spec: CONSTANT,
    repair: 'none',
    message: describeBreach,
  },
  'sesparse/grain-table-size': {
    severity: 'error',
    depth: 'header',
    title: 'Unknown size of grain tables of seSparse',
    spec: CONSTANT,
    repair: 'none',
    message: describeBreach,
  },
  'sesparse/flags': {
    severity: 'error',
    depth: 'header',
    title: 'Unknown flags of seSparse',
    spec: CONSTANT,
    repair: 'none',
    message: describeBreach,
  },
  'sesparse/reserved-nonzero': {
    severity: 'warning',
    depth: 'header',
    title: 'Reserved bytes of the constant header are not zero',
    spec: CONSTANT,
    repair: 'none',
    message: ({ field }) => `${field} must be zero and is not`,
  },
  'sesparse/capacity-zero': {
    severity: 'error',
    depth: 'header',
    title: 'The capacity of a seSparse extent cannot be',
    spec: CONSTANT,
    repair: 'none',
    message: describeBreach,
  },
  'sesparse/grains-too-small': {
    severity: 'warning',
    depth: 'header',
    title: 'The area of grains is smaller than the disk',
    spec: `${CONSTANT}; known from one source`,
    repair: 'none',
    derivedFrom: ['sesparse/capacity-zero'],
    message: describeBreach,
  },
  'sesparse/volatile-magic': {
    severity: 'error',
    depth: 'header',
    title: 'The volatile header does not begin with its magic',
    spec: VOLATILE,
    repair: 'none',
    message: describeBreach,
  },
  'sesparse/volatile-pad-nonzero': {
    severity: 'warning',
    depth: 'header',
    title: 'The rest of the volatile header is not zero',
    spec: VOLATILE,
    repair: 'none',
    message: ({ field }) => `${field} must be zeros and is not`,
  },
  'sesparse/replay-journal': {
    severity: 'error',
    depth: 'header',
    title: 'A journal waits to be replayed',
    spec: VOLATILE,
    repair: 'none',
    message: ({ field, actual }) =>
      `${field} is ${actual}: the disk was not closed, and its tables are stale until ESXi has replayed the journal`,
  },
});
