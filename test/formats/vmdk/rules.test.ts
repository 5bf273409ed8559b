import { describe, expect, test } from 'vitest';
import { checkMemory } from '../../support/open.ts';
import { cowd, flat, hosted, seSparse, stream } from './cases.ts';

describe('sound images are silent', () => {
  const sound = {
    hosted: hosted(),
    'hosted with zeroed grains': hosted(undefined, { zero: [3, 700] }),
    'hosted without redundancy': hosted(undefined, { redundant: false }),
    'stream with footer': stream(),
    'stream with directory in front': stream(undefined, { directory: 'front' }),
    cowd: cowd(),
    seSparse: seSparse(),
    flat: flat(),
  };
  test.each(Object.entries(sound))('%s', async (_, files) => {
    const report = await checkMemory(files);
    expect(report.problems.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(report.verdict).toBe('ok');
  });
});
