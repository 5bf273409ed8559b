import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { RegionRule } from '../../../model/owners.ts';
import { defineRule, type RaisableRule } from '../../../model/rule.ts';
import { defineRegionRule } from '../../shared/region-rules.ts';
import type { VmdkImage } from '../image.ts';
import { cowdExtents } from './cowd-header.ts';

const TABLES = 'VMware Virtual Disk Format 5.0, ESX Server Sparse Extents, grain directory and grain tables';

/** A grain table lies outside the file. */
export const cowdGdeOutOfFile: RegionRule = defineRegionRule({
  id: 'vmdk3/gde-out-of-file',
  severity: 'error',
  depth: 'metadata',
  title: 'A grain table lies outside the file',
  spec: TABLES,
  repair: 'none',
  derivedFrom: ['vmdk3/gd-offset-invalid'],
  explanation: {
    what: 'An entry of the grain directory leads to a table of 16384 bytes that is not, or not wholly, inside the file.',
    why: 'What the guest wrote to this part of the disk since the snapshot cannot be found.',
    how: 'A file that was cut off, or a damaged directory.',
    readers: 'QEMU reads zeros and reports no error.',
    repair: 'There is no second copy; restore the file from its source.',
  },
});

/** A grain table lies in header or directory. */
export const cowdGdeInMetadata: RegionRule = defineRegionRule({
  id: 'vmdk3/gde-in-metadata',
  severity: 'error',
  depth: 'metadata',
  title: 'A grain table lies in the header or the directory',
  spec: TABLES,
  repair: 'none',
  explanation: {
    what: 'An entry of the grain directory leads into the header or into the directory itself.',
    why: 'What is read as a table are other numbers: the guest sees random parts of the file.',
    how: 'A damaged directory.',
    readers: 'QEMU follows such an entry without a check.',
    repair: 'There is no second copy; restore the file from its source.',
  },
});

/** Two directory entries share a table. */
export const cowdGdeDuplicate: RegionRule = defineRegionRule({
  id: 'vmdk3/gde-duplicate',
  severity: 'error',
  depth: 'metadata',
  title: 'Two entries of the grain directory share a table',
  spec: TABLES,
  repair: 'none',
  explanation: {
    what: 'Two entries of the grain directory lead to one table, or to tables that share sectors.',
    why: "Two regions of the guest's disk are one: what is written to one appears in the other.",
    how: 'A damaged directory.',
    readers: 'QEMU does not notice.',
    repair: 'Nobody can tell from the image which region owns the table.',
  },
});

/** A grain lies outside the file. */
export const cowdGteOutOfFile: RegionRule = defineRegionRule({
  id: 'vmdk3/gte-out-of-file',
  severity: 'error',
  depth: 'metadata',
  title: 'A grain lies outside the file',
  spec: TABLES,
  repair: 'lossy',
  derivedFrom: ['vmdk3/gde-duplicate'],
  explanation: {
    what: 'An entry of a grain table leads to a grain that is not, or not wholly, inside the file.',
    why: 'What the guest wrote there is lost.',
    how: 'A file that was cut off, or a damaged table.',
    readers: 'QEMU reports those that begin behind the end, and reads zeros for them.',
    repair: 'Restore the file from its source, or unallocate the grain and lose it.',
  },
});

/** A grain lies in metadata. */
export const cowdGteInMetadata: RegionRule = defineRegionRule({
  id: 'vmdk3/gte-in-metadata',
  severity: 'error',
  depth: 'metadata',
  title: 'A grain lies among the metadata',
  spec: TABLES,
  repair: 'lossy',
  derivedFrom: ['vmdk3/gde-duplicate'],
  explanation: {
    what: 'An entry of a grain table leads to sectors of the header, the directory or a table.',
    why: 'The guest reads tables as its data, and when it writes there it destroys the disk.',
    how: 'A damaged table.',
    readers: 'QEMU serves such grains without a check.',
    repair: 'The grain must be unallocated, and its data is lost.',
  },
});

/** Two entries share a grain. */
export const cowdGteDuplicate: RegionRule = defineRegionRule({
  id: 'vmdk3/gte-duplicate',
  severity: 'error',
  depth: 'metadata',
  title: 'Two entries lead to the same sectors',
  spec: TABLES,
  repair: 'none',
  derivedFrom: ['vmdk3/gde-duplicate'],
  explanation: {
    what: 'Two entries of grain tables lead to one grain, or to grains that share sectors.',
    why: 'At least one of them shows data that belongs to the other.',
    how: 'A crash at the wrong moment, or two hosts that had the disk open at once.',
    readers: 'No check of QEMU finds it.',
    repair: "Nobody can tell from the image which entry is right; look at the guest's file system.",
  },
});

/** An entry for a grain behind the end of the disk. */
export const cowdGteBeyondCapacity: RaisableRule<
  unknown,
  { readonly field: string; readonly entry: number; readonly grains: number }
> = defineRule({
  id: 'vmdk3/gte-beyond-capacity',
  severity: 'warning',
  depth: 'metadata',
  title: 'An entry for a grain behind the end of the disk',
  spec: TABLES,
  repair: 'safe',
  message: ({ field, entry, grains }) => `${field} is ${entry}, but the disk ends with grain ${grains - 1}`,
  explanation: {
    what: 'The last grain table has more entries than the disk has grains; those must be 0, and this one is not.',
    why: 'The guest cannot reach it; the grain only takes space.',
    how: 'A damaged table, or a disk that was made smaller.',
    readers: 'All readers ignore it.',
    repair: 'Write 0.',
  },
});

/** The next free sector is not free. */
export const cowdFreeSector: RaisableRule<
  VmdkImage,
  { readonly free: number; readonly used: number; readonly size: number }
> = defineRule<VmdkImage, { readonly free: number; readonly used: number; readonly size: number }>({
  id: 'vmdk3/free-sector-invalid',
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
  explanation: {
    what: 'freeSector is where the next table or grain will be put. It lies inside what is in use, or behind the end of the file.',
    why: 'If sectors in use are handed out again, the next write of the guest destroys older data.',
    how: 'A host that crashed before it wrote the header, or a file that was cut off.',
    readers: 'QEMU does not use the field; ESX allocates by it.',
    repair: 'Write the sector behind the last table or grain.',
  },
  check(image, tell, facts) {
    for (const { file, source, header } of cowdExtents(image)) {
      const end = facts.ownership(file)?.end;
      if (end === undefined) continue;
      const data = {
        free: header.freeSector,
        used: Math.ceil(end / SECTOR_SIZE),
        size: Math.ceil(source.size / SECTOR_SIZE),
      };
      if (data.free >= data.used && data.free <= data.size) continue;
      const span = header.at('free_sector');
      const at = { file, offset: span?.offset ?? 0, length: span?.size ?? 4, field: 'header.free_sector' };
      tell({ at, actual: String(data.free), severity: data.free < data.used ? 'error' : 'warning', data });
    }
  },
});

/** Sectors in use that nothing leads to. */
export const cowdGrainUnreferenced: RaisableRule<
  VmdkImage,
  { readonly ranges: number; readonly bytes: number }
> = defineRule<VmdkImage, { readonly ranges: number; readonly bytes: number }>({
  id: 'vmdk3/grain-unreferenced',
  severity: 'leak',
  depth: 'metadata',
  title: 'Sectors that no table leads to',
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
  explanation: {
    what: 'Below freeSector everything is handed out, but no table leads to these sectors.',
    why: 'The guest loses nothing by it now. If entries were lost, this is where their data is.',
    how: 'A crash after a grain was written and before its table was.',
    readers: 'Readers ignore such space.',
    repair: 'It cannot be given back in place; merging the snapshot leaves it behind.',
  },
  check(image, tell, facts) {
    for (const { file, source, header, geometry } of cowdExtents(image)) {
      const ownership = facts.ownership(file);
      if (ownership === undefined || geometry === null) continue;
      const start = geometry.gdOffset + Math.ceil((geometry.tables * 4) / SECTOR_SIZE) * SECTOR_SIZE;
      const gaps = [...ownership.gaps(start, Math.min(source.size, header.freeSector * SECTOR_SIZE))];
      const [first] = gaps;
      if (first === undefined) continue;
      const bytes = gaps.reduce((sum, { length }) => sum + length, 0);
      tell({
        at: { file, offset: first.start, length: bytes, field: null },
        data: { ranges: gaps.length, bytes },
      });
    }
  },
});
