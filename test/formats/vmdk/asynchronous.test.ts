import { expect, test } from 'vitest';
import { checkMemory } from '../../support/open.ts';
import { asynchronous } from '../../support/sources.ts';
import { extentCases } from './extent-cases.ts';

test.each(extentCases.map(({ rule, damaged, near, format }) => ({ rule, damaged, near, format })))(
  'files far away are told the same of: $rule',
  async ({ damaged, near, format }) => {
    const options = { format: format ?? 'vmdk' };
    for (const files of [damaged, near])
      expect(await checkMemory(files, { ...options, wrap: asynchronous })).toEqual(
        await checkMemory(files, options),
      );
  },
);
