import { SECTOR_SIZE } from '../../../../model/offsets.ts';
import type { RegionFault, RegionKind, RegionRuleId } from '../../../../model/owners.ts';
import type { SeSparseFindings } from './findings.ts';
import type { SeSparseLayout } from './layout/sesparse-layout.ts';
import { ENTRY_TYPE } from './layout/tables.ts';
import type { SeSparsePlaces } from './places.ts';

/** What owns bytes of a seSparse extent's file. */
export interface SeSparseKinds {
  /**
   * The constant header (index -1) and the areas that are told whole. Those that overlap are found by a rule on
   * areas.
   */
  readonly area: RegionKind;
  readonly table: RegionKind;
  readonly grain: RegionKind;
  /** Slots that unmapped grains had. */
  readonly reclaimable: RegionKind;
}

type Rules = Partial<Record<RegionFault, RegionRuleId<SeSparseFindings>>>;

const TABLE_RULES = {
  duplicate: 'sesparse/gde-duplicate',
  overlap: 'sesparse/gde-duplicate',
} as const satisfies Rules;

const GRAIN_RULES = {
  pastEnd: 'sesparse/gte-out-of-file',
  straddlesEnd: 'sesparse/gte-out-of-file',
  duplicate: 'sesparse/gte-duplicate',
  overlap: 'sesparse/gte-duplicate',
} as const satisfies Rules;

const RECLAIMABLE_RULES = { overlap: 'sesparse/gte-unmapped-reuse' } as const satisfies Rules;

/** Makes the kinds of one extent. */
export function createSeSparseKinds({ file, areas }: SeSparseLayout, places: SeSparsePlaces): SeSparseKinds {
  return {
    area: {
      name: 'area',
      role: 'fixed',
      rules: {},
      locate(index) {
        const { offset, length, name } = areas[index] ?? {
          offset: 0,
          length: SECTOR_SIZE,
          name: 'const_header',
        };
        return { at: { file, offset, length, field: name }, guestOffset: null, actual: null };
      },
    },
    table: {
      name: 'grain table',
      role: 'table',
      rules: TABLE_RULES,
      locate: (index) => places.table(index),
    },
    grain: {
      name: 'grain',
      role: 'data',
      rules: GRAIN_RULES,
      locate: (grain, start) => places.grain(grain, start),
    },
    reclaimable: {
      name: 'given-up grain',
      role: 'data',
      rules: RECLAIMABLE_RULES,
      locate: (grain, start) => places.grain(grain, start, ENTRY_TYPE.unmapped),
    },
  };
}
