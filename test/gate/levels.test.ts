import { describe, expect, it } from 'vitest';
import type { RuleLevel } from '../../src/model/demands.ts';
import { checkMemory } from '../support/open.ts';
import { buildQcow2 } from '../support/qcow2.ts';
import { buildVhd } from '../support/vhd.ts';
import { buildHosted } from '../support/vmdk.ts';

/** An image with one error and what follows from it. */
const damaged = {
  'disk.qcow2': buildQcow2({ clusters: { 0: 'data', 1: 'data' } }).entry(0, (entry) => entry | 2n).bytes,
};

describe('a rule that is set', () => {
  it.each([
    ['off', 'ok', 0],
    ['info', 'ok', 1],
    ['warning', 'warning', 1],
  ] as const)('to %s counts so, and the report says it', async (level: RuleLevel, verdict, listed) => {
    const before = await checkMemory(damaged);
    const [problem] = before.problems;
    expect({ verdict: before.verdict, adjusted: before.adjusted }).toEqual({
      verdict: 'corrupt',
      adjusted: undefined,
    });
    const rule = problem?.rule ?? '';
    const report = await checkMemory(damaged, { demands: { levels: { [rule]: level } } });
    expect(report.verdict).toBe(verdict);
    expect(report.problems.filter((each) => each.rule === rule).map((each) => each.severity)).toEqual(
      listed === 0 ? [] : [level],
    );
    expect(report.counts.byRule[rule] ?? 0).toBe(listed);
    expect(report.adjusted).toEqual([{ rule, level, by: 'user', count: 1 }]);
  });

  it('to error makes an image corrupt', async () => {
    const files = { 'disk.vhd': buildVhd({ creator: 'abcd' }).bytes };
    expect((await checkMemory(files)).verdict).toBe('ok');
    const report = await checkMemory(files, { demands: { levels: { 'vhd/creator-unknown': 'error' } } });
    expect(report.verdict).toBe('corrupt');
    expect(report.adjusted).toEqual([{ rule: 'vhd/creator-unknown', level: 'error', by: 'user', count: 1 }]);
  });

  it('to what it is already, or that finds nothing, is not mentioned', async () => {
    const levels = { 'vhd/creator-unknown': 'info', 'vhd/footer-checksum': 'off' } as const;
    const report = await checkMemory(
      { 'disk.vhd': buildVhd({ creator: 'abcd' }).bytes },
      { demands: { levels } },
    );
    expect(report).not.toHaveProperty('adjusted');
  });

  it('to off still explains what follows from it', async () => {
    const files = { 'disk.vhd': buildVhd().damage((e) => e.endFooter('currentSize', 0)).bytes };
    const before = await checkMemory(files);
    for (const { rule } of before.problems) {
      const report = await checkMemory(files, { demands: { levels: { [rule]: 'off' } } });
      const others = before.problems.map((each) => each.rule).filter((id) => id !== rule);
      // An image that could not be opened never passes, whatever is off.
      expect(report.problems.map((each) => each.rule).filter((id) => id !== 'file/unreadable')).toEqual(
        others,
      );
    }
  });

  it('to off does not let an image pass that cannot be opened', async () => {
    const files = { 'disk.qcow2': buildQcow2().header('clusterBits', 60).bytes };
    const rules = (await checkMemory(files)).problems.map(({ rule }) => rule);
    const levels = Object.fromEntries([...rules, 'file/unreadable'].map((rule) => [rule, 'off' as const]));
    const report = await checkMemory(files, { demands: { levels } });
    expect(report.verdict).toBe('corrupt');
    expect(report.counts.byRule).toEqual({ 'file/unreadable': 1 });
  });
});

describe('policy untrusted', () => {
  const files = { 'disk.vmdk': buildHosted({ name: 'disk.vmdk', descriptor: { more: ['nonsense'] } }).bytes };

  it('refuses what readers understand in different ways, and says so', async () => {
    expect((await checkMemory(files)).verdict).toBe('warning');
    const report = await checkMemory(files, { demands: { untrusted: true } });
    expect(report.verdict).toBe('corrupt');
    expect(report.adjusted).toEqual([
      { rule: 'vmdk/descriptor-unparsed-line', level: 'error', by: 'policy', count: 1 },
    ]);
  });

  it('leaves the last word to the user', async () => {
    const levels = { 'vmdk/descriptor-unparsed-line': 'off' } as const;
    const report = await checkMemory(files, { demands: { untrusted: true, levels } });
    expect(report.verdict).toBe('ok');
    expect(report.adjusted).toEqual([
      { rule: 'vmdk/descriptor-unparsed-line', level: 'off', by: 'user', count: 1 },
    ]);
  });
});

describe('a target', () => {
  const files = { 'disk.vhd': buildVhd({ type: 'fixed', size: 2 ** 25 + 512 }).bytes };

  it('answers in the order of the demands, each once', async () => {
    const { targets = [], verdict } = await checkMemory(files, {
      demands: { targets: ['xen', 'azure', 'hyperv', 'xen'] },
    });
    expect(targets.map(({ target, answer }) => `${target} ${answer}`)).toEqual([
      'xen takes',
      'azure refuses',
      'hyperv takes',
    ]);
    expect(targets[1]?.reasons.join()).toContain('whole MiB');
    expect(verdict).toBe('corrupt');
  });

  it('takes what it would refuse where the user has set the rule', async () => {
    const levels = { 'vhd/azure-size-alignment': 'info' } as const;
    const { targets, verdict } = await checkMemory(files, { demands: { targets: ['azure'], levels } });
    expect(targets).toEqual([{ target: 'azure', answer: 'takes', reasons: [] }]);
    expect(verdict).toBe('ok');
  });

  it('refuses an image that is damaged', async () => {
    const { targets } = await checkMemory(damaged, { demands: { targets: ['glance'] } });
    expect(targets?.[0]).toEqual({ target: 'glance', answer: 'refuses', reasons: ['the image is damaged'] });
  });
});
