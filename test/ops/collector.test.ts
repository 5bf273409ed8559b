import { expect, it } from 'vitest';
import type { ImageFile } from '../../src/model/image.ts';
import type { Place, Report } from '../../src/model/problem.ts';
import { ProblemCollector } from '../../src/ops/collector.ts';
import { listRules } from '../../src/ops/rules.ts';

it('keeps the further places of a finding, and invents none that is not there', async () => {
  const [rule] = await listRules();
  if (rule === undefined) throw new Error('there are no rules');
  const fileOf = (path: string): ImageFile => ({ path, role: 'image', source: null });
  const place = (path: string, offset: number): Place => ({
    file: fileOf(path),
    offset,
    length: 8,
    field: null,
  });
  const report = (at: Place, ...also: readonly Place[]): Report => ({
    ...{ rule, severity: 'error', at, also, data: null, guestOffset: null, expected: null, actual: null },
    message: () => 'overlap',
  });
  const collector = new ProblemCollector(10);
  collector.add(report(place('a', 0), place('b', 512), place('a', 1024)));
  collector.add(report(place('c', 0)));
  const [first, second] = collector.problems();
  expect(first?.also).toEqual([
    { file: 'b', offset: 512, length: 8, field: null },
    { file: 'a', offset: 1024, length: 8, field: null },
  ]);
  expect(second).not.toHaveProperty('also');
});
