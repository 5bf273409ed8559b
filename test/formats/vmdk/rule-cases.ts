import type { RuleCase } from '../../support/rule-case.ts';
import { descriptorCases } from './descriptor-cases.ts';
import { extentCases } from './extent-cases.ts';

/** Every rule with files that break it and files that nearly do. */
export const ruleCases: readonly RuleCase[] = [...descriptorCases, ...extentCases].map(
  ({ damaged, near, format = 'vmdk', ...expected }) => ({
    ...expected,
    format,
    damaged: () => damaged,
    near: () => near,
  }),
);
