import type { Explanations } from '../../../model/rule.ts';
import type { VdiFindings } from '../findings.ts';
import { blockExplanations } from './blocks.explained.ts';
import { headerExplanations } from './header.explained.ts';
import { layoutExplanations } from './layout.explained.ts';
import { parentExplanations } from './parent.explained.ts';
import { sizeExplanations } from './sizes.explained.ts';

/** What `vdcheck rules ID` prints of the rules of family `vdi`. */
export const vdiExplanations: Explanations<VdiFindings> = {
  ...headerExplanations,
  ...sizeExplanations,
  ...layoutExplanations,
  ...blockExplanations,
  ...parentExplanations,
};
