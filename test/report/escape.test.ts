import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeJson, escapeText } from '../../src/report/escape.ts';

/** What no output may hold: it acts on a terminal or reorders text. */
const ACTIVE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;

describe('escapeText', () => {
  it.each([
    ['a terminal sequence', '\u001b[2Jgone', '\\x1b[2Jgone'],
    ['a one-byte control sequence introducer', '\u009b31m', '\\x9b31m'],
    ['a line feed', 'a\nb', 'a\\x0ab'],
    ['an override of direction', 'ab\u202etxt.exe', 'ab\\u{202e}txt.exe'],
    ['half of a surrogate pair', 'a\ud800b', 'a\\u{d800}b'],
    ['a soft hyphen', 'a\u00adb', 'a\\xadb'],
    ['tags', 'a\u{e0041}\u{e007f}b', 'a\\u{e0041}\\u{e007f}b'],
    ['fillers', '\u3164\u115f\uffa0', '\\u{3164}\\u{115f}\\u{ffa0}'],
    ['a variation selector', 'a\u{e0100}b', 'a\\u{e0100}b'],
    ['a joiner', 'a\u034fb', 'a\\u{34f}b'],
    ['an isolate', 'a\u2066b\u2069', 'a\\u{2066}b\\u{2069}'],
    ['an invisible space', 'a\u200bb', 'a\\u{200b}b'],
  ])('shows %s', (_, text, shown) => {
    expect(escapeText(text)).toBe(shown);
  });

  it.each(['Größe', '磁盘.vmdk', '💾', 'C:\\disk'])('leaves %s as it is', (text) => {
    expect(escapeText(text)).toBe(text);
  });
});

/** Every code point there is, 4096 at a time. */
const ALL = Array.from({ length: 0x110 }, (_, page) =>
  Array.from({ length: 0x1000 }, (_, index) => String.fromCodePoint(page * 0x1000 + index)),
);

describe('of all code points', () => {
  it('none that acts or cannot be seen is left, and every other one is', () => {
    for (const characters of ALL) {
      for (const character of characters) {
        const isActive = character === '\n' || ACTIVE.test(character);
        if ((escapeText(character) !== character) !== isActive) expect.fail(escapeText(character));
      }
      // Apart, since two halves of surrogate pairs next to each other are one character.
      const text = characters.join('.');
      const json = escapeJson(JSON.stringify(text));
      expect(json).not.toMatch(ACTIVE);
      expect(JSON.parse(json)).toBe(text);
    }
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
