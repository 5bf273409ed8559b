import { onEachExtent } from '../../on-each-extent.ts';
import type { SeSparseFindings } from '../findings.ts';
import type { SeSparseLayout } from '../layout/sesparse-layout.ts';
import type { SeSparseWalk } from '../walk.ts';
import { areaRules } from './areas.ts';
import { headerRules } from './header.ts';
import { redundancyRules } from './redundancy.ts';
import { spaceRules } from './space.ts';
import { tableRules } from './tables.ts';

/** The rules on seSparse extents. */
export const seSparseRules = onEachExtent<SeSparseLayout, SeSparseFindings, SeSparseWalk>(
  ({ seSparseExtents }) => seSparseExtents,
  { ...headerRules, ...areaRules, ...tableRules, ...spaceRules, ...redundancyRules },
);
