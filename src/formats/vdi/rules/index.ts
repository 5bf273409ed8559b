import type { RuleTable } from '../../../model/rule.ts';
import type { VdiFindings } from '../findings.ts';
import type { VdiImage } from '../layout/image.ts';
import type { VdiWalk } from '../walk.ts';
import { blockRules } from './blocks.ts';
import { headerRules } from './header.ts';
import { layoutRules } from './layout.ts';
import { parentRules } from './parent.ts';
import { sizeRules } from './sizes.ts';

/** All rules of family `vdi`, in the order of the structures that they are about. */
export const vdiRules = {
  ...headerRules,
  ...sizeRules,
  ...layoutRules,
  ...blockRules,
  ...parentRules,
} satisfies RuleTable<VdiImage, VdiFindings, VdiWalk>;
