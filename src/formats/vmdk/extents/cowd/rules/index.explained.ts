import { headerExplanations } from './header.explained.ts';
import { tableExplanations } from './tables.explained.ts';

/** What `vdcheck rules ID` prints of the rules on COWD extents. */
export const vmdk3Explanations = { ...headerExplanations, ...tableExplanations };
