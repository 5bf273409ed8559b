import fc from 'fast-check';
import { expect, it } from 'vitest';
import { listRules } from '../../src/ops/rules.ts';
import { renderHtml } from '../../src/report/html.ts';
import { imageReport, problem } from '../support/image-report.ts';
import { runProgram } from '../support/program.ts';

/** The tags of a page, as they are written. */
const tagsOf = (page: string): string[] => [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag);

it('is one page with every problem, its explanation and what could not be checked', () => {
  const { stdout, code } = runProgram([
    '--output',
    'html',
    'samples/damaged/footer-only.vhd',
    'samples/sound/win8.vhd',
    'none.vhd',
  ]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^<!doctype html>\n[^]*<\/html>\n$/);
  for (const text of [
    '3 images',
    'could not be checked',
    'none.vhd: no such file',
    'samples/damaged/footer-only.vhd at 0x',
    'What can be done',
  ])
    expect(stdout).toContain(text);
  // Nothing is fetched and nothing is run.
  expect(stdout).not.toMatch(/<(script|img|link|iframe|object|form)|(?:src|href)="(?!#)|url\(|@import/i);
});

it('counts what is not listed', async () => {
  const report = imageReport({
    problems: [problem({})],
    counts: { error: 500, warning: 0, leak: 0, info: 0, byRule: { 'file/test': 500 } },
  });
  expect(renderHtml([report], await listRules(), '1')).toContain('500 problems of this rule in all.');
});

it('has the tags of the program only, whatever an image says', () => {
  const text = fc.string({
    unit: fc.constantFrom('<', '>', '"', "'", '&', 'script', ' ', '=', 'x', '\u0000', '\u202e', '-->', ']]>'),
  });
  const page = (path: string, message: string, field: string): string => {
    const problems = [
      problem({ message, field, file: path, expected: message, actual: field, rule: 'file/test' }),
    ];
    return renderHtml(
      [imageReport({ path, problems, format: field, error: { code: 'x', message } })],
      [],
      '1',
    );
  };
  const plain = tagsOf(page('p', 'm', 'f'));
  fc.assert(
    fc.property(text, text, text, (path, message, field) => {
      const rendered = page(path, message, field);
      expect(tagsOf(rendered)).toEqual(plain);
      expect(rendered).not.toMatch(/[\u0000\u202e]/);
    }),
    { seed: 13 },
  );
});
