import { expect, it } from 'vitest';
import { findNearest } from '../../src/cli/suggest.ts';

const names = ['check', 'info', 'dump', 'map', 'rules'];

it.each([
  ['chekc', 'check'],
  ['CHECK', 'check'],
  ['inof', 'info'],
  ['mpa', 'map'],
  ['rule', 'rules'],
  ['dumb', 'dump'],
])('%s is taken for %s', (word, nearest) => {
  expect(findNearest(word, names)).toBe(nearest);
});

it('knows nothing of nothing', () => {
  expect(findNearest('x', [])).toBeUndefined();
});
