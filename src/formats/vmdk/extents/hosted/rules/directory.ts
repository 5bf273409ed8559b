import { fileOffset, readAvailable } from '../../../../../io/source.ts';
import { SECTOR_SIZE } from '../../../../../model/offsets.ts';
import type { Finding, Place, Tell } from '../../../../../model/problem.ts';
import { firstNonZeroByte } from '../../../../shared/zeros.ts';
import type { AbsentTables } from '../findings.ts';
import type { HostedGeometry } from '../layout/geometry.ts';
import type { HostedLayout } from '../layout/hosted-layout.ts';
import { defineHostedRules } from './define.ts';

const DIRECTORY = 'VMware Virtual Disk Format 5.0, Hosted Sparse Extents, grain directory';

export const directoryRules = defineHostedRules({
  'vmdk4/gde-zero': {
    severity: 'warning',
    depth: 'metadata',
    title: 'A grain table is missing',
    spec: DIRECTORY,
    repair: 'lossy',
    derivedFrom: ['vmdk4/tables-overlap', 'vmdk4/gd-rgd-same'],
    message: ({ field, absent, tables }) =>
      absent === null
        ? field.startsWith('rgd')
          ? `${field} is 0: the grain table for this part of the disk has no copy`
          : `${field} is 0: there is no grain table for this part of the disk, though all tables exist from the start in such an extent`
        : `${absent} of ${tables} grain tables do not exist, since nothing is stored in their parts of the disk`,
    async check({ extent }, tell) {
      await findAbsentTables(extent, tell);
    },
  },
  'vmdk4/gde-shared-with-rgd': {
    severity: 'error',
    depth: 'metadata',
    title: 'Both grain directories point to one table',
    spec: DIRECTORY,
    repair: 'lossy',
    derivedFrom: ['vmdk4/gd-rgd-same'],
    message: ({ index, entry }) =>
      `gd[${index}] and rgd[${index}] both lead to the table at sector ${entry}, so it has no copy`,
    async check({ extent }, tell) {
      const { gd, rgd } = await extent.directories();
      for (let index = 0; index < rgd.length; index++) {
        const entry = rgd[index] ?? 0;
        if (entry !== 0 && entry === gd[index]) tell(sharedTable(extent, index, entry));
      }
    },
  },
  'vmdk4/gd-padding-nonzero': {
    severity: 'info',
    depth: 'metadata',
    title: 'The rest of the grain directory is not zero',
    spec: DIRECTORY,
    repair: 'lossy',
    message: ({ bytes }) => `${bytes} bytes behind the last entry of the grain directory are not all zero`,
    async check({ extent }, tell) {
      const { file, source, geometry, isOfDoubtfulSize } = extent;

      if (geometry?.gd == null || isOfDoubtfulSize) return;
      const end = geometry.gd.offset + geometry.gd.length;
      const bytes = (SECTOR_SIZE - (end % SECTOR_SIZE)) % SECTOR_SIZE;
      if (end + bytes > source.size) return;
      const rest = await readAvailable(source, fileOffset(end), bytes);
      if (firstNonZeroByte(rest, 0) < bytes)
        tell({ at: { file, offset: end, length: bytes, field: 'gd' }, data: { bytes } });
    },
  },
});

async function findAbsentTables(extent: HostedLayout, tell: Tell<AbsentTables>): Promise<void> {
  const { geometry } = extent;
  if (geometry?.gd == null || extent.isOfDoubtfulSize) return;
  const { gd, rgd } = await extent.directories();
  for (let index = 0; index < rgd.length; index++)
    if (rgd[index] === 0 && (gd[index] ?? 0) !== 0) tell(absentCopy(extent, geometry, index));
  if (!extent.agrees(({ flags }) => flags.compressed)) return;
  let absent = 0;
  for (let index = 0; index < gd.length; index++) {
    if (gd[index] !== 0) continue;
    absent++;
    if (!geometry.isCompressed) tell(directoryFault(extent, geometry, index, null));
  }
  if (geometry.isCompressed && absent > 0)
    tell({ ...directoryFault(extent, geometry, null, absent), severity: 'info' });
}

/** A finding at an entry of the redundant directory that is 0 where the other one names a table. */
function absentCopy(
  { file, guestStart }: HostedLayout,
  { rgd, tables, entriesPerTable, grainSize }: HostedGeometry,
  index: number,
): Finding<AbsentTables> {
  const field = `rgd[${index}]`;
  const at = { file, offset: (rgd?.offset ?? 0) + 4 * index, length: 4, field };
  const guestOffset = guestStart + index * entriesPerTable * grainSize;
  return { at, guestOffset, actual: '0', data: { field, absent: null, tables } };
}

function directoryFault(
  { file, guestStart }: HostedLayout,
  { gd, tables, entriesPerTable, grainSize }: HostedGeometry,
  index: number | null,
  absent: number | null,
): Finding<AbsentTables> {
  const field = index === null ? 'gd' : `gd[${index}]`;
  const start = gd?.offset ?? 0;
  const at: Place =
    index === null
      ? { file, offset: start, length: tables * 4, field }
      : { file, offset: start + 4 * index, length: 4, field };
  const guestOffset = index === null ? null : guestStart + index * entriesPerTable * grainSize;
  return { at, guestOffset, actual: '0', data: { field, absent, tables } };
}

function sharedTable({ file, geometry, guestStart }: HostedLayout, index: number, entry: number) {
  const span = (geometry?.entriesPerTable ?? 0) * (geometry?.grainSize ?? 0);
  const offset = (geometry?.rgd?.offset ?? 0) + 4 * index;
  const at = { file, offset, length: 4, field: `rgd[${index}]` };
  return { at, guestOffset: guestStart + index * span, actual: String(entry), data: { index, entry } };
}
