import type { Place } from '../../../../model/problem.ts';
import type { RegionFault, RegionKind, RegionRuleId } from '../../../../model/owners.ts';
import { SECTOR_SIZE } from '../../../../model/offsets.ts';
import { createGrainContent } from './content.ts';
import type { HostedFindings } from './findings.ts';
import type { HostedLayout } from './layout/hosted-layout.ts';
import type { HostedPlaces } from './places.ts';

/** What owns bytes of a hosted sparse extent's file. */
export interface HostedKinds {
  readonly header: RegionKind;
  readonly footer: RegionKind;
  readonly descriptor: RegionKind;
  readonly gd: RegionKind;
  readonly rgd: RegionKind;
  /** Indices are those of the directory. */
  readonly gt: RegionKind;
  readonly rgt: RegionKind;
  readonly marker: RegionKind;
  readonly grain: RegionKind;
}

type Rules = Partial<Record<RegionFault, RegionRuleId<HostedFindings>>>;

const STRUCTURE_RULES = { overlap: 'vmdk4/tables-overlap' } as const satisfies Rules;

const TABLE_RULES = {
  pastEnd: 'vmdk4/gde-out-of-file',
  straddlesEnd: 'vmdk4/gde-out-of-file',
  inMetadata: 'vmdk4/gde-in-metadata',
  duplicate: 'vmdk4/gde-duplicate',
  overlap: 'vmdk4/gde-duplicate',
} as const satisfies Rules;

const COPY_RULES = {
  pastEnd: 'vmdk4/rgde-out-of-file',
  straddlesEnd: 'vmdk4/rgde-out-of-file',
  inMetadata: 'vmdk4/tables-overlap',
  overlap: 'vmdk4/tables-overlap',
} as const satisfies Rules;

const PLAIN_RULES = {
  pastEnd: 'vmdk4/gte-out-of-file',
  straddlesEnd: 'vmdk4/gte-straddles-end',
  inMetadata: 'vmdk4/gte-in-metadata',
  duplicate: 'vmdk4/gte-duplicate',
  overlap: 'vmdk4/grain-overlap',
} as const satisfies Rules;

const COMPRESSED_RULES = {
  pastEnd: 'vmdk4/gte-out-of-file',
  straddlesEnd: 'vmdk4/grain-marker-out-of-file',
  inMetadata: 'vmdk4/grain-overlap-compressed',
  duplicate: 'vmdk4/gte-duplicate',
  overlap: 'vmdk4/grain-overlap-compressed',
} as const satisfies Rules;

/** Makes the kinds of one extent. */
export function createHostedKinds(extent: HostedLayout, places: HostedPlaces): HostedKinds {
  const { file, headers, geometry } = extent;
  const content = createGrainContent(extent);
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
    descriptor: fixed('descriptor', () => header.at('descriptor_offset')),
    gd: fixed('grain directory', () => current.at('gd_offset')),
    rgd: fixed('redundant grain directory', () => current.at('rgd_offset')),
    marker: fixed('metadata marker', () => ({ file, offset: null, length: null, field: 'metadata marker' })),
    gt: {
      name: 'grain table',
      role: 'table',
      rules: TABLE_RULES,
      locate: (index) => places.table('gd', index),
    },
    rgt: {
      name: 'redundant grain table',
      role: 'table',
      rules: COPY_RULES,
      locate: (index) => places.table('rgd', index),
    },
    grain: {
      name: 'grain',
      role: 'data',
      rules: geometry?.isCompressed === true ? COMPRESSED_RULES : PLAIN_RULES,
      ...(content === null ? {} : { content }),
      locate: (grain, start) => places.grain(grain, start),
    },
  };
}
