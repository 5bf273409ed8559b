import type { Breach } from '../../../codec/index.ts';
import type { RaisableRule } from '../../../model/rule.ts';
import type { VhdImage } from '../types.ts';
import { batmapRules, batmapSpecRules } from './batmap.ts';
import { bitmapRules } from './bitmaps.ts';
import { blockRules } from './blocks.ts';
import { footerFieldRules, footerSpecRules } from './footer-fields.ts';
import { footerRules } from './footer.ts';
import { headerRules, headerSpecRules } from './header.ts';
import { locatorRules, locatorSpecRules } from './locators.ts';
import { parentRules } from './parent.ts';
import { sizeRules, sizeSpecRules } from './sizes.ts';

/** All rules of family `vhd`, in the order of the structures that they are about. */
export const vhdRules: readonly RaisableRule<VhdImage, never>[] = [
  ...footerRules,
  ...footerFieldRules,
  ...sizeRules,
  ...headerRules,
  ...locatorRules,
  ...parentRules,
  ...blockRules,
  ...bitmapRules,
  ...batmapRules,
];

/** The rules whose conditions the spec states, for the sinks that take its breaches. */
export const vhdSpecRules: readonly RaisableRule<VhdImage, Breach>[] = [
  ...footerSpecRules,
  ...sizeSpecRules,
  ...headerSpecRules,
  ...locatorSpecRules,
  ...batmapSpecRules,
];
