import fc from 'fast-check';
import { expect, it } from 'vitest';
import { renderGithub } from '../../src/report/github.ts';
import { imageReport, problem } from '../support/image-report.ts';

it('is one annotation for each problem, and none for a sound image', () => {
  expect(renderGithub(imageReport({ path: 'a.vhd' }))).toBe('');
  const problems = [
    problem({
      rule: 'vhd/footer-checksum',
      severity: 'error',
      message: 'wrong: 1 % of it',
      file: 'a,b:c.vhd',
      offset: 64,
    }),
    problem({
      rule: 'vhd/x',
      severity: 'leak',
      message: 'lost',
      field: 'bat[3]',
      expected: '0x1',
      actual: '0x2',
    }),
    problem({ rule: 'vhd/y', severity: 'info', message: 'odd' }),
  ];
  expect(renderGithub(imageReport({ path: 'a.vhd', problems }))).toBe(
    '::error file=a%2Cb%3Ac.vhd,title=vhd/footer-checksum::wrong: 1 %25 of it (at 0x40 (64))\n' +
      '::warning file=a.vhd,title=vhd/x::lost (bat[3], found 0x2, expected 0x1)\n' +
      '::notice file=a.vhd,title=vhd/y::odd\n',
  );
});

it('says what could not be checked', () => {
  const error = { code: 'ENOENT', message: 'a.vhd: no such file' };
  expect(renderGithub(imageReport({ path: 'a.vhd', error }))).toBe(
    '::error file=a.vhd,title=not checked%3A ENOENT::a.vhd: no such file\n',
  );
});

it('never begins a line or a command of the image\u2019s own', () => {
  const text = fc.string({
    unit: fc.constantFrom('\n', '\r', ':', ',', '%', '0', 'A', 'D', '::error::', '\u001b', '\u2028'),
  });
  fc.assert(
    fc.property(text, text, text, (path, message, field) => {
      const rendered = renderGithub(imageReport({ path, problems: [problem({ message, field })] }));
      expect(rendered).toMatch(/^::error file=[^:,\r\n]*,title=[^:,\r\n]*::[^\r\n\u001b\u2028]*\n$/);
      expect(rendered).not.toMatch(/%(?!25|3A|2C)/);
    }),
    { seed: 3 },
  );
});
