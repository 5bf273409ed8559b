import { expect, it } from 'vitest';
import { renderGithub } from '../../src/report/github.ts';
import { renderHtml } from '../../src/report/html.ts';
import { renderHuman } from '../../src/report/human.ts';
import { renderSarif } from '../../src/report/sarif.ts';
import { plainStyle } from '../../src/report/style.ts';
import { imageReport, problem } from '../support/image-report.ts';

const refused = imageReport({
  path: 'disk.vhd',
  verdict: 'corrupt',
  counts: { error: 1, warning: 0, leak: 0, info: 0, byRule: { 'target/azure-format': 1 } },
  problems: [problem({ rule: 'target/azure-format' })],
  targets: [
    { target: 'azure', answer: 'refuses', reasons: ['it names "<b>\u202e"'] },
    { target: 'xen', answer: 'takes-with-caveats', reasons: ['one', 'two'] },
    { target: 'aws', answer: 'takes', reasons: [] },
  ],
  adjusted: [
    { rule: 'vhd/hidden', level: 'off', by: 'user', count: 3 },
    { rule: 'file/polyglot-magic', level: 'error', by: 'policy', count: 1 },
  ],
});
const context = { style: plainStyle, width: 100, explain: () => undefined };

it('is told to people: what was set, what each platform says, and that the image is refused', () => {
  const text = renderHuman(refused, context);
  expect(text).toContain(
    [
      'vhd/hidden is off: 3 findings not shown',
      'file/polyglot-magic counts as error here (policy untrusted): 1 finding',
      'azure: refuses, because it names "<b>\\u{202e}"',
      'xen: takes it, but one; two',
      'aws: takes it',
      '',
      'disk.vhd: refused: 1 error',
    ].join('\n'),
  );
});

it('is not called refused where the image is damaged as well', () => {
  const damaged = { ...refused, problems: [...refused.problems, problem({ rule: 'vhd/footer-checksum' })] };
  expect(renderHuman(damaged, context)).toContain('disk.vhd: corrupt: ');
});

it('is on the page, in SARIF and among annotations', () => {
  const html = renderHtml([refused], [], '1.0.0');
  expect(html).toContain('<li>azure: refuses, because it names &quot;&lt;b&gt;\\u{202e}&quot;</li>');
  expect(html).toContain('<li>vhd/hidden is off: 3 findings not shown</li>');
  const sarif = JSON.parse(renderSarif([refused], [], '1.0.0', 2)) as {
    readonly runs: readonly { readonly artifacts: readonly { readonly properties: object }[] }[];
  };
  expect(sarif.runs[0]?.artifacts[0]?.properties).toMatchObject({
    targets: refused.targets,
    adjusted: refused.adjusted,
  });
  expect(renderGithub(refused)).toContain('vhd/hidden is off: 3 findings not shown');
});
