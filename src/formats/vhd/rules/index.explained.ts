import type { Explanations } from '../../../model/rule.ts';
import type { VhdFindings } from '../findings.ts';
import { batmapExplanations } from './batmap.explained.ts';
import { bitmapExplanations } from './bitmaps.explained.ts';
import { blockDataExplanations } from './block-data.explained.ts';
import { blockExplanations } from './blocks.explained.ts';
import { footerFieldExplanations } from './footer-fields.explained.ts';
import { footerExplanations } from './footer.explained.ts';
import { headerExplanations } from './header.explained.ts';
import { locatorExplanations } from './locators.explained.ts';
import { parentExplanations } from './parent.explained.ts';
import { sizeExplanations } from './sizes.explained.ts';

/** What `vdcheck rules ID` prints of the rules of family `vhd`. */
export const vhdExplanations: Explanations<VhdFindings> = {
  ...footerExplanations,
  ...footerFieldExplanations,
  ...sizeExplanations,
  ...headerExplanations,
  ...locatorExplanations,
  ...parentExplanations,
  ...blockExplanations,
  ...bitmapExplanations,
  ...blockDataExplanations,
  ...batmapExplanations,
};
