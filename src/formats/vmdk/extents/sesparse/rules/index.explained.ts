import { areaExplanations } from './areas.explained.ts';
import { headerExplanations } from './header.explained.ts';
import { redundancyExplanations } from './redundancy.explained.ts';
import { spaceExplanations } from './space.explained.ts';
import { tableExplanations } from './tables.explained.ts';

/** What `vdcheck rules ID` prints of the rules on seSparse extents. */
export const seSparseExplanations = {
  ...headerExplanations,
  ...areaExplanations,
  ...tableExplanations,
  ...spaceExplanations,
  ...redundancyExplanations,
};
