import { describeRegion } from '../../../../shared/region-rules.ts';
import { defineHostedRules } from './define.ts';

const TABLES = 'VMware Virtual Disk Format 5.0, Hosted Sparse Extents, grain directory and grain tables';
const STREAM = 'VMware Virtual Disk Format 5.0, Stream-Optimized Compressed Sparse Extents';

export const regionRules = defineHostedRules({
  'vmdk4/tables-overlap': {
    severity: 'error',
    depth: 'metadata',
    title: 'Two structures share sectors',
    spec: TABLES,
    repair: 'none',
    derivedFrom: ['vmdk4/gd-rgd-same', 'vmdk4/gde-shared-with-rgd', 'vmdk4/overhead-invalid'],
    message: describeRegion,
  },
  'vmdk4/gde-out-of-file': {
    severity: 'error',
    depth: 'metadata',
    title: 'A grain table is outside the file',
    spec: TABLES,
    repair: 'lossy',
    derivedFrom: ['vmdk4/gd-out-of-file'],
    message: describeRegion,
  },
  'vmdk4/gde-in-metadata': {
    severity: 'error',
    depth: 'metadata',
    title: 'A grain table overlaps another structure',
    spec: TABLES,
    repair: 'lossy',
    derivedFrom: ['vmdk4/gd-rgd-same'],
    message: describeRegion,
  },
  'vmdk4/gde-duplicate': {
    severity: 'error',
    depth: 'metadata',
    title: 'Two entries of the grain directory share a table',
    spec: TABLES,
    repair: 'lossy',
    derivedFrom: ['vmdk4/gd-rgd-same'],
    message: describeRegion,
  },
  'vmdk4/rgde-out-of-file': {
    severity: 'error',
    depth: 'metadata',
    title: 'A redundant grain table is outside the file',
    spec: TABLES,
    repair: 'safe',
    derivedFrom: ['vmdk4/rgd-out-of-file'],
    message: describeRegion,
  },
  'vmdk4/gte-out-of-file': {
    severity: 'error',
    depth: 'metadata',
    title: 'A grain begins past the end of the file',
    spec: TABLES,
    repair: 'lossy',
    derivedFrom: ['vmdk4/gde-duplicate'],
    message: describeRegion,
  },
  'vmdk4/gte-straddles-end': {
    severity: 'error',
    depth: 'metadata',
    title: 'A grain reaches over the end of the file',
    spec: TABLES,
    repair: 'none',
    message: describeRegion,
  },
  'vmdk4/gte-in-metadata': {
    severity: 'error',
    depth: 'metadata',
    title: 'A grain is among the metadata',
    spec: TABLES,
    repair: 'lossy',
    derivedFrom: ['vmdk4/gde-duplicate'],
    message: ({ region, start, length, limit, other }) =>
      other === null
        ? `${region} begins at byte ${start}, before the first grain at byte ${limit}`
        : `${region} is at bytes ${start} to ${start + length - 1}, which belong to ${other}`,
  },
  'vmdk4/gte-duplicate': {
    severity: 'error',
    depth: 'metadata',
    title: 'Two entries point to one grain',
    spec: TABLES,
    repair: 'none',
    derivedFrom: ['vmdk4/gde-duplicate'],
    message: describeRegion,
  },
  'vmdk4/grain-overlap': {
    severity: 'error',
    depth: 'metadata',
    title: 'Two grains share sectors',
    spec: TABLES,
    repair: 'none',
    derivedFrom: ['vmdk4/gde-duplicate'],
    message: describeRegion,
  },
  'vmdk4/grain-overlap-compressed': {
    severity: 'error',
    depth: 'metadata',
    title: 'A compressed grain shares sectors with something else',
    spec: STREAM,
    repair: 'none',
    message: describeRegion,
  },
  'vmdk4/grain-marker-out-of-file': {
    severity: 'error',
    depth: 'metadata',
    title: 'A compressed grain reaches over the end of the file',
    spec: STREAM,
    repair: 'none',
    message: describeRegion,
  },
});
