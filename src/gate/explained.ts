import type { Explanation, RuleInfo } from '../model/rule-info.ts';
import { indexRules } from '../model/rule-findings.ts';
import { policyExplanations } from './policy/explained.ts';
import { policyRules } from './policy/index.ts';
import { targetExplanations } from './targets/explained.ts';
import { targetRules } from './targets/index.ts';

/** The rules for images from strangers and those of platforms. */
export const gateRules: readonly RuleInfo[] = [...indexRules(policyRules, targetRules).values()];

/** What `vdcheck rules ID` prints of them. */
export const gateExplanations: Readonly<Record<string, Explanation>> = {
  ...policyExplanations,
  ...targetExplanations,
};
