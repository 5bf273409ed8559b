import { SECTOR_SIZE } from '../../../../../model/offsets.ts';
import { describeBreach } from '../../../../../model/rule.ts';
import { fieldFault } from '../../field-fault.ts';
import type { HostedGeometry } from '../layout/geometry.ts';
import { GD_AT_END } from '../layout/hosted-headers.ts';
import type { HostedLayout } from '../layout/hosted-layout.ts';
import { defineHostedRules } from './define.ts';

const HEADER = 'VMware Virtual Disk Format 5.0, Hosted Sparse Extents, SparseExtentHeader';

/** An extent without usable figures has no tables to judge. */
const UNREADABLE = [
  'vmdk4/grain-size-invalid',
  'vmdk4/gtes-per-gt-invalid',
  'vmdk4/capacity-overflow',
  'vmdk4/capacity-zero',
];

export const layoutRules = defineHostedRules({
  'vmdk4/capacity-zero': {
    severity: 'error',
    depth: 'header',
    title: 'The extent has no sectors',
    spec: `${HEADER}, capacity`,
    repair: 'none',
    message: describeBreach,
  },
  'vmdk4/capacity-overflow': {
    severity: 'error',
    depth: 'header',
    title: 'The capacity is larger than the layout allows',
    spec: `${HEADER}, capacity`,
    repair: 'none',
    message: ({ field, actual }) =>
      `${field} is ${actual} sectors, more than the tables of such an extent can describe`,
  },
  'vmdk4/capacity-not-grain-multiple': {
    severity: 'info',
    depth: 'header',
    title: 'The disk ends inside a grain',
    spec: `${HEADER}, capacity`,
    repair: 'none',
    derivedFrom: UNREADABLE,
    message: ({ actual, expected }) =>
      `capacity is ${actual} sectors, not a multiple of the grain size (${expected})`,
    check({ extent }, tell) {
      const { geometry } = extent;
      if (geometry === null || geometry.capacitySectors % geometry.grainSectors === 0) return;
      const expected = String(geometry.grainSectors);
      tell(fieldFault(extent.headers.current, 'capacity', expected, String(geometry.capacitySectors)));
    },
  },
  'vmdk4/grain-size-invalid': {
    severity: 'error',
    depth: 'header',
    title: 'The grain size is not one that readers take',
    spec: `${HEADER}, grainSize`,
    repair: 'none',
    message: describeBreach,
    check({ extent }, tell) {
      const sectors = extent.geometry?.grainSectors ?? 128;
      const { current } = extent.headers;
      if (sectors !== 128 && sectors >= 8)
        tell(fieldFault(current, 'grain_size', '128, as all writers use', String(sectors), 'warning'));
    },
  },
  'vmdk4/gtes-per-gt-invalid': {
    severity: 'error',
    depth: 'header',
    title: 'The number of entries in a grain table is not one that readers take',
    spec: `${HEADER}, numGTEsPerGT`,
    repair: 'none',
    message: describeBreach,
    check({ extent }, tell) {
      const entries = extent.geometry?.entriesPerTable ?? 512;
      const { current } = extent.headers;
      if (entries !== 512)
        tell(fieldFault(current, 'num_gtes_per_gt', '512, as all writers use', String(entries), 'warning'));
    },
  },
  'vmdk4/descriptor-bounds': {
    severity: 'error',
    depth: 'header',
    title: 'The embedded descriptor is not where the header says',
    spec: `${HEADER}, descriptorOffset and descriptorSize`,
    repair: 'none',
    message: ({ field, expected, actual }) =>
      field.endsWith('_size')
        ? `${field} is ${actual} sectors, must be 1 to 20480`
        : `${field} is ${actual}: ${expected}`,
  },
  'vmdk4/gd-offset-missing': {
    severity: 'error',
    depth: 'header',
    title: 'The header names no grain directory',
    spec: `${HEADER}, gdOffset`,
    repair: 'lossy',
    message: ({ field, actual }) => `${field} is ${actual}, which is no place of a grain directory`,
  },
  'vmdk4/gd-out-of-file': {
    severity: 'error',
    depth: 'header',
    title: 'The grain directory is not inside the file',
    spec: `${HEADER}, gdOffset`,
    repair: 'lossy',
    derivedFrom: ['vmdk4/footer-gd-unresolved'],
    message: ({ field, expected, actual }) => `${field} is ${actual}: the grain directory takes ${expected}`,
  },
  'vmdk4/rgd-out-of-file': {
    severity: 'error',
    depth: 'header',
    title: 'The redundant grain directory is not inside the file',
    spec: `${HEADER}, rgdOffset`,
    repair: 'safe',
    message: ({ field, expected, actual }) =>
      `${field} is ${actual}: the redundant grain directory takes ${expected}`,
  },
  'vmdk4/rgd-flag-offset-mismatch': {
    severity: 'warning',
    depth: 'header',
    title: 'Flag and offset disagree whether there is a redundant grain directory',
    spec: `${HEADER}, flags bit 1 and rgdOffset`,
    repair: 'safe',
    message: describeBreach,
    check({ extent }, tell) {
      const { current } = extent.headers;
      const { flags, rgdOffset } = current.fields;
      if (!extent.agrees(({ flags: { useRedundant } }) => useRedundant)) return;
      const isNone = rgdOffset === 0n || rgdOffset === GD_AT_END;
      if (flags.useRedundant === !isNone) return;
      const expected = flags.useRedundant ? 'a sector (flag bit 1 is set)' : '0 (flag bit 1 is clear)';
      tell(fieldFault(current, 'rgd_offset', expected, String(rgdOffset)));
    },
  },
  'vmdk4/gd-rgd-same': {
    severity: 'error',
    depth: 'header',
    title: 'The redundant grain directory is the grain directory itself',
    spec: `${HEADER}, gdOffset and rgdOffset`,
    repair: 'lossy',
    derivedFrom: ['vmdk4/gd-out-of-file', 'vmdk4/rgd-out-of-file'],
    message: describeBreach,
    check({ extent }, tell) {
      const { gd = null, rgd = null } = extent.geometry ?? {};
      if (gd === null || rgd === null || Math.abs(gd.offset - rgd.offset) >= gd.length) return;
      const expected = `sectors apart from the grain directory at ${gd.offset / SECTOR_SIZE}`;
      tell(fieldFault(extent.headers.current, 'rgd_offset', expected, String(rgd.offset / SECTOR_SIZE)));
    },
  },
  'vmdk4/overhead-invalid': {
    severity: 'warning',
    depth: 'metadata',
    title: 'The header is wrong about where the grains begin',
    spec: `${HEADER}, overHead`,
    repair: 'safe',
    derivedFrom: ['vmdk4/footer-missing', 'vmdk4/gd-out-of-file', 'vmdk4/gd-rgd-same'],
    message: ({ field, expected, actual }) =>
      actual === '0'
        ? `${field} is 0, which would put grains over the header`
        : `${field} is ${actual}, must be ${expected}`,
    async check({ extent }, tell) {
      const {
        geometry,
        source,
        headers: { current, footer },
      } = extent;
      const { overhead } = current.fields;
      if (geometry === null || overhead === 0n) return;
      const actual = String(overhead);
      const fileSectors = Math.ceil(source.size / SECTOR_SIZE);
      if (overhead > BigInt(fileSectors)) {
        tell(fieldFault(current, 'overhead', `at most ${fileSectors}, where the file ends`, actual, 'error'));
        return;
      }
      if (footer !== null) return;
      const end = await endOfTables(extent, geometry);
      if (end <= fileSectors && overhead < end)
        tell(fieldFault(current, 'overhead', `at least ${end}, where the tables end`, actual));
    },
  },
  'vmdk4/overhead-alignment': {
    severity: 'info',
    depth: 'header',
    title: 'Grains do not begin at multiples of their size',
    spec: `${HEADER}, overHead`,
    repair: 'none',
    derivedFrom: ['vmdk4/overhead-invalid', ...UNREADABLE],
    message: ({ field, actual, expected }) =>
      `${field} is ${actual}, not a multiple of the grain size (${expected})`,
    check({ extent }, tell) {
      const { geometry, headers } = extent;
      if (geometry === null || geometry.isCompressed) return;
      const { overheadSectors, grainSectors } = geometry;
      if (overheadSectors % grainSectors === 0) return;
      tell(fieldFault(headers.current, 'overhead', String(grainSectors), String(overheadSectors)));
    },
  },
});

/**
 * Sector after the directories and after the tables that follow each of them without a gap, as they do in
 * extents with tables in front.
 */
async function endOfTables(extent: HostedLayout, geometry: HostedGeometry): Promise<number> {
  const directories = await extent.directories();
  const tableSectors = Math.ceil(geometry.tableSize / SECTOR_SIZE);
  const ends = (['gd', 'rgd'] as const).map((name) => {
    const place = geometry[name];
    if (place === null) return 0;
    let end = Math.ceil((place.offset + place.length) / SECTOR_SIZE);
    for (const entry of directories[name]) {
      if (entry !== end) break;
      end += tableSectors;
    }
    return end;
  });
  return Math.max(...ends);
}
