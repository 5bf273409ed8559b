import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { RegionKind, RegionSource } from '../../../model/owners.ts';
import {
  cowdGdeDuplicate,
  cowdGdeInMetadata,
  cowdGdeOutOfFile,
  cowdGteBeyondCapacity,
  cowdGteDuplicate,
  cowdGteInMetadata,
  cowdGteOutOfFile,
} from '../rules/cowd-tables.ts';
import { COWD_ENTRIES_PER_TABLE, type CowdGeometry } from './cowd-geometry.ts';
import type { CowdExtent } from './cowd.ts';
import type { GrainKinds } from './grain-tables.ts';

/** What owns bytes of a COWD extent's file, and the rules for each. */
export interface CowdKinds extends GrainKinds {
  readonly header: RegionKind;
  readonly gd: RegionKind;
  readonly gt: RegionKind;
}

/** Makes the kinds of one extent; `locate` looks at its directory. */
export function createCowdKinds(
  { file, header, guestStart }: CowdExtent,
  { gdOffset, grainSize, grains }: CowdGeometry,
  directory: Uint32Array,
): CowdKinds {
  const locateTable = (table: number): RegionSource => ({
    at: { file, offset: gdOffset + 4 * table, length: 4, field: `gd[${table}]` },
    guestOffset: guestStart + table * COWD_ENTRIES_PER_TABLE * grainSize,
    actual: String(directory[table] ?? 0),
  });
  const locateGrain = (grain: number, start?: number): RegionSource => {
    const table = Math.floor(grain / COWD_ENTRIES_PER_TABLE);
    const index = grain % COWD_ENTRIES_PER_TABLE;
    const offset = (directory[table] ?? 0) * SECTOR_SIZE + 4 * index;
    const at = { file, offset, length: 4, field: `gt[${table}][${index}]` };
    const actual = start === undefined ? null : String(start / SECTOR_SIZE);
    return { at, guestOffset: grain < grains ? guestStart + grain * grainSize : null, actual };
  };
  const fixed = (name: string, offset: number, field: string): RegionKind => ({
    name,
    role: 'fixed',
    rules: {},
    locate: () => ({ at: { file, offset, length: SECTOR_SIZE, field }, guestOffset: null, actual: null }),
  });
  const grain: RegionKind = {
    name: 'grain',
    role: 'data',
    rules: {
      pastEnd: cowdGteOutOfFile,
      straddlesEnd: cowdGteOutOfFile,
      inMetadata: cowdGteInMetadata,
      duplicate: cowdGteDuplicate,
      overlap: cowdGteDuplicate,
    },
    locate: locateGrain,
    explain(index, _, entry, problems) {
      const found = locateGrain(index);
      const region = `the grain of ${found.at.field ?? ''}`;
      const start = entry * SECTOR_SIZE;
      const data = { region, start, length: grainSize, limit: gdOffset, other: 'the header' };
      problems.add(cowdGteInMetadata.report({ ...found, actual: String(entry), data }));
    },
  };
  return {
    header: fixed('header', 0, 'header'),
    gd: fixed('grain directory', header.at('gd_offset')?.offset ?? 0, 'header.gd_offset'),
    gt: {
      name: 'grain table',
      role: 'table',
      rules: {
        pastEnd: cowdGdeOutOfFile,
        straddlesEnd: cowdGdeOutOfFile,
        inMetadata: cowdGdeInMetadata,
        duplicate: cowdGdeDuplicate,
        overlap: cowdGdeDuplicate,
      },
      locate: locateTable,
    },
    grain,
    // Grains begin at any sector, and the tail of the last one may be missing.
    misaligned: { ...grain, explain: () => undefined },
    cut: { ...grain, explain: () => undefined },
    beyond: {
      ...grain,
      explain(index, _, entry, problems) {
        const found = locateGrain(index);
        const data = { field: found.at.field ?? '', entry, grains };
        problems.add(cowdGteBeyondCapacity.report({ ...found, expected: '0', actual: String(entry), data }));
      },
    },
  };
}
