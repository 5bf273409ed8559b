import type { RuleTable } from '../../../model/rule.ts';
import type { VhdFindings } from '../findings.ts';
import type { VhdImage } from '../layout/image.ts';
import type { VhdWalk } from '../walk.ts';
import { batmapRules } from './batmap.ts';
import { bitmapRules } from './bitmaps.ts';
import { blockDataRules } from './block-data.ts';
import { blockRules } from './blocks.ts';
import { footerFieldRules } from './footer-fields.ts';
import { footerRules } from './footer.ts';
import { headerRules } from './header.ts';
import { locatorRules } from './locators.ts';
import { parentRules } from './parent.ts';
import { sizeRules } from './sizes.ts';

/** All rules of family `vhd`, in the order of the structures that they are about. */
export const vhdRules = {
  ...footerRules,
  ...footerFieldRules,
  ...sizeRules,
  ...headerRules,
  ...locatorRules,
  ...parentRules,
  ...blockRules,
  ...bitmapRules,
  ...blockDataRules,
  ...batmapRules,
} satisfies RuleTable<VhdImage, VhdFindings, VhdWalk>;
