import { allOutside, foundElsewhere, type RuleCase } from '../../support/rule-case.ts';
import { cowd, flat } from './cases.ts';
import { descriptorCases } from './descriptor-cases.ts';
import { extentCases } from './extent-cases.ts';

/** Rules about how the files that a descriptor names were opened. */
const policyCases: readonly RuleCase[] = [
  { rule: 'vmdk/extent-not-opened', policyOver: allOutside, damaged: () => flat(), near: () => flat() },
  {
    rule: 'vmdk/extent-found-elsewhere',
    policyOver: foundElsewhere,
    damaged: () => flat(),
    near: () => flat(),
  },
  { rule: 'vmdk/parent-not-opened', policyOver: allOutside, damaged: () => cowd(), near: () => cowd() },
  {
    rule: 'vmdk/parent-found-elsewhere',
    policyOver: foundElsewhere,
    damaged: () => cowd(),
    near: () => cowd(),
  },
];

/** Every rule with files that break it and files that nearly do. */
export const ruleCases: readonly RuleCase[] = [
  ...[...descriptorCases, ...extentCases].map(({ damaged, near, format = 'vmdk', ...expected }) => ({
    ...expected,
    format,
    damaged: () => damaged,
    near: () => near,
  })),
  ...policyCases,
];
