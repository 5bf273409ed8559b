import type { Place, ProblemSink } from '../../../model/problem.ts';
import type { RegionKind, RegionRule, RegionSource } from '../../../model/owners.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import {
  grainLbaMismatch,
  grainSizeExcessive,
  grainSizeZero,
  gteBeyondCapacity,
  gteMisaligned,
  gteOneWithoutFlag,
} from '../rules/hosted-entries.ts';
import {
  gdeDuplicate,
  gdeInMetadata,
  gdeOutOfFile,
  grainMarkerOutOfFile,
  grainOverlap,
  grainOverlapCompressed,
  gteDuplicate,
  gteInMetadata,
  gteOutOfFile,
  gteStraddlesEnd,
  rgdeOutOfFile,
  tablesOverlap,
} from '../rules/hosted-regions.ts';
import type { GrainKinds } from './grain-tables.ts';
import type { HostedGeometry } from './hosted-geometry.ts';
import { headerPlace } from './placed-header.ts';
import type { HostedDirectories, HostedSparseExtent } from './hosted-sparse.ts';

/** What owns bytes of a hosted sparse extent's file, and the rules for each. */
export interface HostedKinds extends GrainKinds {
  readonly header: RegionKind;
  readonly footer: RegionKind;
  readonly descriptor: RegionKind;
  readonly gd: RegionKind;
  readonly rgd: RegionKind;
  /** Indices are those of the directory. */
  readonly gt: RegionKind;
  readonly rgt: RegionKind;
  readonly marker: RegionKind;
  /** `explain` gets the entries of grains whose marker has no data. */
  readonly emptyGrain: RegionKind;
  /** `explain` gets the entries of grains that begin in tables or the footer. */
  readonly strayGrain: RegionKind;
  /** `explain` gets the two halves of an LBA that is not the grain's. */
  readonly foreignGrain: RegionKind;
  /** `explain` gets the size that a marker gives, and the entry. */
  readonly oversizedGrain: RegionKind;
}

/** Makes the kinds of one extent; `locate` looks at its directories. */
export function createHostedKinds(
  extent: HostedSparseExtent,
  geometry: HostedGeometry,
  directories: HostedDirectories,
): HostedKinds {
  return Object.assign(
    createStructureKinds(extent),
    createTableKinds(extent, geometry, directories),
    createGrainKinds(extent, geometry, directories),
  );
}

type StructureKinds = Pick<HostedKinds, 'header' | 'footer' | 'descriptor' | 'gd' | 'rgd' | 'marker'>;

const STRUCTURE_RULES = { overlap: tablesOverlap };

function createStructureKinds({ file, headers }: HostedSparseExtent): StructureKinds {
  const fixed = (name: string, place: () => Place): RegionKind => ({
    name,
    role: 'fixed',
    rules: STRUCTURE_RULES,
    locate: () => ({ at: place(), guestOffset: null, actual: null }),
  });
  const { header, current, footer } = headers;
  const sector = (offset: number, field: string) => ({ file, offset, length: SECTOR_SIZE, field });
  return {
    header: fixed('header', () => sector(0, 'header')),
    footer: fixed('footer', () => sector(footer?.offset ?? 0, 'footer')),
    descriptor: fixed('descriptor', () => headerPlace(file, header, 'descriptor_offset')),
    gd: fixed('grain directory', () => headerPlace(file, current, 'gd_offset')),
    rgd: fixed('redundant grain directory', () => headerPlace(file, current, 'rgd_offset')),
    marker: fixed('metadata marker', () => ({ file, offset: null, length: null, field: 'metadata marker' })),
  };
}

const TABLE_RULES = {
  pastEnd: gdeOutOfFile,
  straddlesEnd: gdeOutOfFile,
  inMetadata: gdeInMetadata,
  duplicate: gdeDuplicate,
  overlap: gdeDuplicate,
};
const COPY_RULES = {
  pastEnd: rgdeOutOfFile,
  straddlesEnd: rgdeOutOfFile,
  inMetadata: tablesOverlap,
  overlap: tablesOverlap,
};

function createTableKinds(
  { file, guestStart, source }: HostedSparseExtent,
  { gd, rgd, grainSize, entriesPerTable, tableSize }: HostedGeometry,
  directories: HostedDirectories,
): Pick<HostedKinds, 'gt' | 'rgt'> {
  const locate = (name: 'gd' | 'rgd', start: number, entries: Uint32Array, index: number): RegionSource => ({
    at: { file, offset: start + 4 * index, length: 4, field: `${name}[${index}]` },
    guestOffset: guestStart + index * entriesPerTable * grainSize,
    actual: String(entries[index] ?? 0),
  });
  const locateTable = (index: number) => locate('gd', gd?.offset ?? 0, directories.gd, index);
  const locateCopy = (index: number) => locate('rgd', rgd?.offset ?? 0, directories.rgd, index);
  const explainStray = (name: string, found: RegionSource, entry: number, problems: ProblemSink): void => {
    const region = `the ${name} of ${found.at.field ?? ''}`;
    const place = { start: entry * SECTOR_SIZE, length: tableSize, limit: source.size };
    problems.add(tablesOverlap.report({ ...found, data: { region, ...place, other: 'the area of grains' } }));
  };
  return {
    gt: {
      name: 'grain table',
      role: 'table',
      rules: TABLE_RULES,
      locate: locateTable,
      explain: (index, _, entry, problems) =>
        explainStray('grain table', locateTable(index), entry, problems),
    },
    rgt: {
      name: 'redundant grain table',
      role: 'table',
      rules: COPY_RULES,
      locate: locateCopy,
      explain: (index, _, entry, problems) =>
        explainStray('redundant grain table', locateCopy(index), entry, problems),
    },
  };
}

type EntryKinds = Omit<HostedKinds, keyof StructureKinds | 'gt' | 'rgt'>;

function createGrainKinds(
  extent: HostedSparseExtent,
  geometry: HostedGeometry,
  { tables }: HostedDirectories,
): EntryKinds {
  const { file, guestStart, source } = extent;
  const { entriesPerTable, grainSize, grainSectors, grains, isCompressed, overheadSectors } = geometry;
  const locate = (grain: number, start?: number): RegionSource => {
    const table = Math.floor(grain / entriesPerTable);
    const index = grain % entriesPerTable;
    const at = { file, offset: (tables[table] ?? 0) + 4 * index, length: 4, field: `gt[${table}][${index}]` };
    const actual = start === undefined ? null : String(start / SECTOR_SIZE);
    return { at, guestOffset: grain < grains ? guestStart + grain * grainSize : null, actual };
  };
  const kind = (explain: NonNullable<RegionKind['explain']>): RegionKind => ({
    name: 'grain',
    role: 'data',
    rules: isCompressed ? COMPRESSED_RULES : PLAIN_RULES,
    locate,
    explain,
  });
  const place = (grain: number, entry: number) => {
    const { at, guestOffset } = locate(grain);
    const field = at.field ?? '';
    return { at, guestOffset, actual: String(entry), data: { field, entry } };
  };
  const region = (grain: number, entry: number, limit: number) => ({
    ...place(grain, entry),
    data: {
      region: `the grain of gt[${Math.floor(grain / entriesPerTable)}][${grain % entriesPerTable}]`,
      start: entry * SECTOR_SIZE,
      length: grainSize,
      limit,
      other: null,
    },
  });
  return {
    grain: kind((grain, _, entry, problems) => {
      if (entry === 1) problems.add(gteOneWithoutFlag.report(place(grain, entry)));
      else problems.add(gteInMetadata.report(region(grain, entry, overheadSectors * SECTOR_SIZE)));
    }),
    misaligned: kind((grain, _, entry, problems) => {
      // An entry behind the end is reported as that; where in a grain it would begin says nothing more.
      if (entry * SECTOR_SIZE >= source.size) return;
      const found = place(grain, entry);
      const data = { ...found.data, first: overheadSectors, grain: grainSectors };
      problems.add(gteMisaligned.report({ ...found, data }));
    }),
    beyond: kind((grain, _, entry, problems) => {
      if (extent.isOfDoubtfulSize) return;
      const found = place(grain, entry);
      problems.add(gteBeyondCapacity.report({ ...found, expected: '0', data: { ...found.data, grains } }));
    }),
    cut: kind((grain, _, entry, problems) => {
      problems.add(gteStraddlesEnd.report({ ...region(grain, entry, source.size), severity: 'warning' }));
    }),
    emptyGrain: kind((grain, _, entry, problems) => {
      problems.add(grainSizeZero.report(place(grain, entry)));
    }),
    strayGrain: kind((grain, _, entry, problems) => {
      const found = region(grain, entry, source.size);
      const data = { ...found.data, length: SECTOR_SIZE, other: 'a table, directory or footer' };
      problems.add(gteInMetadata.report({ ...found, data }));
    }),
    foreignGrain: kind((grain, high, low, problems) => {
      explainForeign(locate(grain), grain * grainSectors, high, low, problems);
    }),
    oversizedGrain: kind((grain, size, entry, problems) => {
      const found = place(grain, entry);
      problems.add(
        grainSizeExcessive.report({
          ...found,
          actual: String(size),
          data: { ...found.data, size, grainSize },
        }),
      );
    }),
  };
}

function explainForeign(
  { at, guestOffset }: RegionSource,
  sector: number,
  high: number,
  low: number,
  problems: ProblemSink,
): void {
  const actual = String((BigInt(high) << 32n) | BigInt(low));
  const expected = String(sector);
  const data = { field: at.field ?? '', expected, actual };
  problems.add(grainLbaMismatch.report({ at, guestOffset, expected, actual, data }));
}

type GrainRules = Readonly<
  Record<'pastEnd' | 'straddlesEnd' | 'inMetadata' | 'duplicate' | 'overlap', RegionRule>
>;

const PLAIN_RULES: GrainRules = {
  pastEnd: gteOutOfFile,
  straddlesEnd: gteStraddlesEnd,
  inMetadata: gteInMetadata,
  duplicate: gteDuplicate,
  overlap: grainOverlap,
};

const COMPRESSED_RULES: GrainRules = {
  pastEnd: gteOutOfFile,
  straddlesEnd: grainMarkerOutOfFile,
  inMetadata: grainOverlapCompressed,
  duplicate: gteDuplicate,
  overlap: grainOverlapCompressed,
};
