import { sectorsAre } from '../../../../shared/counts.ts';
import { findNonZero } from '../../../../shared/nonzero-ranges.ts';
import { SECTOR_SIZE } from '../../../../../model/offsets.ts';
import { describeRegion } from '../../../../shared/region-rules.ts';
import { defineCowdRules } from './define.ts';

const TABLES = 'VMware Virtual Disk Format 5.0, ESX Server Sparse Extents, grain directory and grain tables';

export const tableRules = defineCowdRules({
  'vmdk3/gde-out-of-file': {
    severity: 'error',
    depth: 'metadata',
    title: 'A grain table is outside the file',
    spec: TABLES,
    repair: 'none',
    derivedFrom: ['vmdk3/gd-offset-invalid'],
    message: describeRegion,
  },
  'vmdk3/gde-in-metadata': {
    severity: 'error',
    depth: 'metadata',
    title: 'A grain table overlaps the header or the directory',
    spec: TABLES,
    repair: 'none',
    message: describeRegion,
  },
  'vmdk3/gde-duplicate': {
    severity: 'error',
    depth: 'metadata',
    title: 'Two entries of the grain directory share a table',
    spec: TABLES,
    repair: 'none',
    message: describeRegion,
  },
  'vmdk3/gte-out-of-file': {
    severity: 'error',
    depth: 'metadata',
    title: 'A grain is outside the file',
    spec: TABLES,
    repair: 'lossy',
    derivedFrom: ['vmdk3/gde-duplicate'],
    message: describeRegion,
  },
  'vmdk3/gte-in-metadata': {
    severity: 'error',
    depth: 'metadata',
    title: 'A grain is among the metadata',
    spec: TABLES,
    repair: 'lossy',
    derivedFrom: ['vmdk3/gde-duplicate'],
    message: describeRegion,
  },
  'vmdk3/gte-duplicate': {
    severity: 'error',
    depth: 'metadata',
    title: 'Two entries point to the same sectors',
    spec: TABLES,
    repair: 'none',
    derivedFrom: ['vmdk3/gde-duplicate'],
    message: describeRegion,
  },
  'vmdk3/gte-beyond-capacity': {
    severity: 'warning',
    depth: 'metadata',
    title: 'An entry for a grain behind the end of the disk',
    spec: TABLES,
    repair: 'safe',
    message: ({ field, entry, grains }) => `${field} is ${entry}, but the disk ends with grain ${grains - 1}`,
  },
  'vmdk3/free-sector-invalid': {
    severity: 'warning',
    depth: 'metadata',
    title: 'The header is wrong about the next free sector',
    spec: `${TABLES}, freeSector`,
    repair: 'safe',
    derivedFrom: [
      'vmdk3/gde-in-metadata',
      'vmdk3/gte-out-of-file',
      'vmdk3/gde-out-of-file',
      'vmdk3/gd-offset-invalid',
    ],
    message: ({ free, used, size }) =>
      free < used
        ? `header.free_sector is ${free}, but tables and grains are in use up to sector ${used}`
        : `header.free_sector is ${free}, but the file ends at sector ${size}`,
    check({ extent }, tell, facts) {
      const { file, source, header } = extent;

      const end = facts.ownership(file)?.end;
      if (end === undefined) return;
      const data = {
        free: header.fields.freeSector,
        used: Math.ceil(end / SECTOR_SIZE),
        size: Math.ceil(source.size / SECTOR_SIZE),
      };
      if (data.free >= data.used && data.free <= data.size) return;
      const severity = data.free < data.used ? 'error' : 'warning';
      tell({ at: header.at('free_sector'), actual: String(data.free), severity, data });
    },
  },
  'vmdk3/grain-unreferenced': {
    severity: 'leak',
    depth: 'metadata',
    title: 'Sectors that no table points to',
    spec: `${TABLES}, freeSector`,
    repair: 'none',
    derivedFrom: [
      'vmdk3/gde-in-metadata',
      'vmdk3/gte-out-of-file',
      'vmdk3/gte-in-metadata',
      'vmdk3/gte-duplicate',
      'vmdk3/gte-beyond-capacity',
      'vmdk3/gde-out-of-file',
      'vmdk3/gd-offset-invalid',
      'vmdk3/gd-entries-mismatch',
      'vmdk3/gde-duplicate',
    ],
    message: ({ ranges, bytes }) =>
      `${bytes} bytes in ${ranges} ${ranges === 1 ? 'place' : 'places'} below the next free sector are in no table or grain`,
    check({ extent }, tell, facts) {
      const { file, source, header, geometry } = extent;

      const ownership = facts.ownership(file);
      if (ownership === undefined || geometry === null) return;
      const start = geometry.gdOffset + Math.ceil((geometry.tables * 4) / SECTOR_SIZE) * SECTOR_SIZE;
      const gaps = [...ownership.gaps(start, Math.min(source.size, header.fields.freeSector * SECTOR_SIZE))];
      const [first] = gaps;
      if (first === undefined) return;
      const bytes = gaps.reduce((sum, { length }) => sum + length, 0);
      tell({
        at: { file, offset: first.start, length: bytes, field: null },
        data: { ranges: gaps.length, bytes },
      });
    },
  },
  'vmdk3/trailing-data': {
    severity: 'info',
    depth: 'data',
    title: 'Bytes behind the next free sector',
    spec: `${TABLES}, freeSector`,
    repair: 'lossy',
    derivedFrom: ['vmdk3/free-sector-invalid', 'vmdk3/gde-out-of-file', 'vmdk3/gd-offset-invalid'],
    message: ({ first, sectors, end }) =>
      `behind the next free sector ${end}, ${sectorsAre(sectors)} not zero, first at byte ${first}`,
    async check({ extent }, tell, facts) {
      const { file, source, header } = extent;
      const ownership = facts.ownership(file);
      if (ownership === undefined) return;
      const end = header.fields.freeSector;
      const start = Math.max(ownership.end, end * SECTOR_SIZE);
      const found = await findNonZero(source, [{ start, length: source.size - start }], facts);
      if (found === null) return;
      const at = { file, offset: found.first, length: source.size - found.first, field: null };
      tell({ at, data: { ...found, end } });
    },
  },
});
