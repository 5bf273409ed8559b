import type { RuleTable } from '../../model/rule.ts';
import { indexRules } from '../../model/rule-findings.ts';
import type { PolicyFindings } from '../findings.ts';
import type { Subject } from '../subject.ts';
import { contentRules } from './content.ts';
import { referenceRules } from './references.ts';
import { resourceRules } from './resources.ts';

/** The rules for images from strangers. */
export const policyRules = {
  ...referenceRules,
  ...resourceRules,
  ...contentRules,
} satisfies RuleTable<Subject, PolicyFindings>;

/** The same by id. */
export const policyRuleIndex = indexRules(policyRules);
