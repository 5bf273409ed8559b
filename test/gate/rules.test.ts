import { describe, expect, it, test } from 'vitest';
import { gateRules } from '../../src/gate/explained.ts';
import { checkMemory } from '../support/open.ts';
import { gateCases } from './rule-cases.ts';

/** Rules for formats that vdcheck does not read, or for what no file in memory can be. */
const WITHOUT_CASE: readonly string[] = [
  // Links are on disks: see the tests of the program.
  'policy/path-symlink',
  // Glance takes every format that there is.
  'target/glance-format',
];

test('every rule of the gate has a case', () => {
  const cased = new Set([...gateCases.map(({ rule }) => rule), ...WITHOUT_CASE]);
  expect(gateRules.map(({ id }) => id).filter((id) => !cased.has(id))).toEqual([]);
  expect([...cased].filter((id) => !gateRules.some((rule) => rule.id === id))).toEqual([]);
});

describe.each(gateCases.map((each, index) => [`${index} ${each.rule}`, each] as const))(
  '%s',
  (_, { rule, found, near, severity, demands = {}, format }) => {
    const options = { demands, ...(format === undefined ? {} : { format }) };
    it('is found, with the severity of the catalogue', async () => {
      const { problems, counts, error } = await checkMemory(found(), options);
      expect(error).toBeNull();
      const own = problems.filter((problem) => problem.rule === rule);
      expect(own.length, JSON.stringify(counts)).toBeGreaterThan(0);
      const expected = severity ?? gateRules.find(({ id }) => id === rule)?.severity;
      expect(own.map((problem) => problem.severity)).toEqual(own.map(() => expected));
    });

    it('is silent on the near miss, and without being asked for', async () => {
      const { format: _format, ...asked } = options;
      const nearOptions = Object.keys(near()).every((name) => name.endsWith('.img')) ? options : asked;
      expect((await checkMemory(near(), nearOptions)).counts.byRule[rule]).toBeUndefined();
      const plain = await checkMemory(found(), format === undefined ? {} : { format });
      expect(Object.keys(plain.counts.byRule).filter((id) => /^(policy|target)\/|azure/.test(id))).toEqual(
        [],
      );
      expect(plain).not.toHaveProperty('targets');
    });
  },
);
