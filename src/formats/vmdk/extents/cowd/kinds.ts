import { SECTOR_SIZE } from '../../../../model/offsets.ts';
import type { RegionFault, RegionKind, RegionRuleId } from '../../../../model/owners.ts';
import type { CowdFindings } from './findings.ts';
import type { CowdLayout } from './layout/cowd-layout.ts';
import type { CowdPlaces } from './places.ts';

/** What owns bytes of a COWD extent's file. */
export interface CowdKinds {
  readonly header: RegionKind;
  readonly gd: RegionKind;
  /** Indices are those of the directory. */
  readonly gt: RegionKind;
  readonly grain: RegionKind;
}

type Rules = Partial<Record<RegionFault, RegionRuleId<CowdFindings>>>;

const TABLE_RULES = {
  pastEnd: 'vmdk3/gde-out-of-file',
  straddlesEnd: 'vmdk3/gde-out-of-file',
  inMetadata: 'vmdk3/gde-in-metadata',
  duplicate: 'vmdk3/gde-duplicate',
  overlap: 'vmdk3/gde-duplicate',
} as const satisfies Rules;

const GRAIN_RULES = {
  pastEnd: 'vmdk3/gte-out-of-file',
  straddlesEnd: 'vmdk3/gte-out-of-file',
  inMetadata: 'vmdk3/gte-in-metadata',
  duplicate: 'vmdk3/gte-duplicate',
  overlap: 'vmdk3/gte-duplicate',
} as const satisfies Rules;

/** Makes the kinds of one extent. */
export function createCowdKinds({ file, header }: CowdLayout, places: CowdPlaces): CowdKinds {
  const fixed = (name: string, offset: number, field: string): RegionKind => ({
    name,
    role: 'fixed',
    rules: {},
    locate: () => ({ at: { file, offset, length: SECTOR_SIZE, field }, guestOffset: null, actual: null }),
  });
  return {
    header: fixed('header', 0, 'header'),
    gd: fixed('grain directory', header.at('gd_offset').offset ?? 0, 'header.gd_offset'),
    gt: { name: 'grain table', role: 'table', rules: TABLE_RULES, locate: (index) => places.table(index) },
    grain: {
      name: 'grain',
      role: 'data',
      rules: GRAIN_RULES,
      locate: (index, start) => places.grain(index, start),
    },
  };
}
