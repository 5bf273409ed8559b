import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeJson, escapeText } from '../../src/report/escape.ts';

/** What no output may hold: it acts on a terminal or reorders text. */
const ACTIVE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

describe('escapeText', () => {
  it.each([
    ['a terminal sequence', '\u001b[2Jgone', '\\x1b[2Jgone'],
    ['a one-byte control sequence introducer', '\u009b31m', '\\x9b31m'],
    ['a line feed', 'a\nb', 'a\\x0ab'],
    ['an override of direction', 'ab\u202etxt.exe', 'ab\\u{202e}txt.exe'],
    ['half of a surrogate pair', 'a\ud800b', 'a\\u{d800}b'],
    ['an invisible space', 'a\u200bb', 'a\\u{200b}b'],
  ])('shows %s', (_, text, shown) => {
    expect(escapeText(text)).toBe(shown);
  });

  it.each(['Größe', '磁盘.vmdk', '💾', 'C:\\disk'])('leaves %s as it is', (text) => {
    expect(escapeText(text)).toBe(text);
  });
});

describe('escapeJson', () => {
  it('changes nothing of what is meant, and leaves nothing active', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
        const document = { [text]: value, text };
        const json = escapeJson(JSON.stringify(document, null, 2));
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(document)));
        expect(json).not.toMatch(ACTIVE);
      }),
      { seed: 7 },
    );
  });
});
