import { expect, it } from 'vitest';
import { wrapText } from '../../src/report/wrap.ts';

it('breaks at spaces and indents what follows', () => {
  expect(wrapText('one two three four', 14, '  = do: ')).toBe(
    ['  = do: one', '        two', '        three', '        four'].join('\n'),
  );
  expect(wrapText('one two three four', 18, '  = ')).toBe('  = one two three\n    four');
});

it('leaves a word that is too long whole', () => {
  expect(wrapText('a reallylongwordindeed b', 8)).toBe('a\nreallylongwordindeed\nb');
});
