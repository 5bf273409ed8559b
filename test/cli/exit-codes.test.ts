import { expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit-codes.ts';
import type { Verdict } from '../../src/model/report.ts';

const exitCode = (verdicts: readonly Verdict[], isLenient = false): number =>
  exitCodeOf(
    verdicts.map((verdict) => ({ verdict, error: null })),
    isLenient,
  );

it('takes a file of sectors among others for what it is', () => {
  const sectors = { verdict: 'unchecked', error: { code: 'extent-data', message: '' } } as const;
  expect(exitCodeOf([sectors], false)).toBe(1);
  expect(exitCodeOf([{ verdict: 'ok', error: null }, sectors], false)).toBe(0);
  expect(exitCodeOf([{ verdict: 'corrupt', error: null }, sectors], false)).toBe(2);
});

it.each([
  [['ok'], 0],
  [['warning'], 0],
  [['leak'], 3],
  [['corrupt'], 2],
  [['unchecked'], 1],
  [['ok', 'leak', 'warning'], 3],
  [['leak', 'corrupt'], 2],
  [['corrupt', 'leak', 'unchecked'], 1],
] as const)('%j exits %d: the worst decides, 1 before 2 before 3', (verdicts, code) => {
  expect(exitCode(verdicts)).toBe(code);
});

it('with --exit-zero only what could not be checked counts', () => {
  expect(exitCode(['corrupt', 'leak'], true)).toBe(0);
  expect(exitCode(['corrupt', 'unchecked'], true)).toBe(1);
});
