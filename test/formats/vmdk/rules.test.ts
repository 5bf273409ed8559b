import { describe, expect, test } from 'vitest';
import { vmdkCode } from '../../../src/formats/vmdk/format.ts';
import { checkMemory } from '../../support/open.ts';
import { cowd, flat, hosted, seSparse, stream } from './cases.ts';
import { descriptorCases } from './descriptor-cases.ts';
import { extentCases } from './extent-cases.ts';

const cases = [...descriptorCases, ...extentCases];

describe('each rule is triggered by its damage and by nothing near it', () => {
  test.each(cases.map((each, index) => [`${each.rule} (${index})`, each] as const))('%s', async (_, each) => {
    const { rule, damaged, near, severity, field, offset, format } = each;
    const options = format === undefined ? { format: 'vmdk' } : { format };
    const report = await checkMemory(damaged, options);
    const found = report.problems.filter((problem) => problem.rule === rule);
    expect(found.length, `${rule} among ${Object.keys(report.counts.byRule).join(', ')}`).toBeGreaterThan(0);
    if (severity !== undefined) expect(found.map((problem) => problem.severity)).toContain(severity);
    if (field !== undefined) expect(found.map((problem) => problem.field)).toContain(field);
    if (offset !== undefined) expect(found.map((problem) => problem.offset)).toContain(offset);
    for (const { message } of found) expect(message).not.toMatch(/undefined|NaN|\[object/);

    const soundReport = await checkMemory(near, options);
    expect(Object.keys(soundReport.counts.byRule)).not.toContain(rule);
  });
});

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

describe('the list of rules', () => {
  const { rules } = vmdkCode;

  test('has no rule twice', () => {
    const ids = rules.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  test('has a case for every rule', () => {
    const covered = new Set(cases.map(({ rule }) => rule));
    const untried = rules.filter(({ id, depth }) => depth !== 'data' && !covered.has(id));
    expect(untried.map(({ id }) => id)).toEqual([]);
  });

  test('names only rules that exist as causes', () => {
    const ids = new Set(rules.map(({ id }) => id));
    expect(rules.flatMap(({ derivedFrom }) => derivedFrom).filter((id) => !ids.has(id))).toEqual([]);
  });
});
