import { describe, expect, it } from 'vitest';
import type { ExplainedRule } from '../../src/model/rule-info.ts';
import { renderHuman, renderSummary } from '../../src/report/human.ts';
import { plainStyle } from '../../src/report/style.ts';
import { imageReport, problem } from '../support/reports.ts';

const rule: ExplainedRule = {
  id: 'vmdk4/gte-past-end',
  severity: 'error',
  depth: 'metadata',
  title: 'Grain lies behind the end of the file',
  spec: 'VMDK 5.0, Grain Table',
  repair: 'none',
  explanation: {
    what: 'An entry points behind the end of the file.',
    why: 'The guest reads zeros where its data was.',
    how: 'The file was cut off.',
    readers: 'Some read zeros.',
    repair: 'Restore the image from its source.',
  },
  derivedFrom: [],
};
const context = { style: plainStyle, width: 80, explain: () => rule };

describe('a sound image', () => {
  it('is one line', () => {
    expect(renderHuman(imageReport([]), context)).toBe(
      'disk.vmdk: ok (vmdk monolithicSparse, 10 GiB, 37.5 % allocated)\n',
    );
  });
});

describe('an oddity', () => {
  it('is told in two lines', () => {
    const oddity = problem({ severity: 'info', length: null });
    expect(renderHuman(imageReport([oddity]), context)).toBe(
      [
        'info[vmdk4/gte-past-end]: gt[3][17] says sector 9000000, but the file has 20480',
        '  --> disk.vmdk at 0x12a3e8 (1221608), gt[3][17]',
        '',
        'disk.vmdk: ok: 1 note (vmdk monolithicSparse, 10 GiB, 37.5 % allocated)',
        '',
      ].join('\n'),
    );
  });
});

describe('a damaged image', () => {
  it('reads like a compiler error', () => {
    expect(renderHuman(imageReport([problem()]), context)).toMatchInlineSnapshot(`
      "error[vmdk4/gte-past-end]: Grain lies behind the end of the file
        --> disk.vmdk at 0x12a3e8 (1221608), 4 bytes, gt[3][17]
         |  gt[3][17] says sector 9000000, but the file has 20480
         |  found     0x00895440
         |  expected  below 0x5000
         |  guest at  0x6220000 (102891520)
         = means: The guest reads zeros where its data was.
         = help: Restore the image from its source.
         = see: vdcheck rules vmdk4/gte-past-end

      disk.vmdk: corrupt: 1 error (vmdk monolithicSparse, 10 GiB, 37.5 % allocated)
      "
    `);
  });

  it('explains a rule once, however often it found something', () => {
    const problems = [0, 4, 8].map((offset) => problem({ offset, field: `gt[0][${offset / 4}]` }));
    const text = renderHuman(imageReport(problems), context);
    expect(text.match(/= means:/g)).toHaveLength(1);
    expect(text.match(/^ {2}and .*gt\[0\]/gm)).toHaveLength(2);
  });

  it('says how many problems are not listed', () => {
    const report = imageReport([problem(), problem()]);
    const counts = { ...report.counts, error: 1414, byRule: { 'vmdk4/gte-past-end': 1414 } };
    const text = renderHuman({ ...report, counts }, context);
    expect(text).toContain('  ... and 1,412 more\n');
    expect(text).toContain('corrupt: 1,414 errors');
  });

  it('tells what was found of the same rule in another severity apart', () => {
    const text = renderHuman(imageReport([problem(), problem({ severity: 'info' })]), context);
    expect(text).toContain('error[vmdk4/gte-past-end]');
    expect(text).toContain('info[vmdk4/gte-past-end]');
  });

  it('lets nothing of the image act on the terminal', () => {
    const evil = '\u001b]0;owned\u0007\u202e';
    const text = renderHuman(
      imageReport([problem({ message: evil, file: evil, field: evil, expected: evil, actual: evil })], {
        path: evil,
        variant: evil,
      }),
      context,
    );
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });
});

it('sums up several images', () => {
  const verdicts = ['ok', 'ok', 'corrupt', 'unchecked'] as const;
  expect(
    renderSummary(
      verdicts.map((verdict) => ({ verdict })),
      plainStyle,
    ),
  ).toBe('\n4 images: 2 ok, 1 corrupt, 1 could not be checked\n');
});
