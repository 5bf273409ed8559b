import { describe, expect, it } from 'vitest';
import { bytesToStr, EncodeError, strToBytes, UnknownEncodingError } from '../../src/codec/index.ts';

const bytes = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

describe('encodings', () => {
  const cases: [encoding: string, hex: string, text: string][] = [
    ['ASCII', '536f6d65', 'Some'],
    ['UTF-8', 'e38193f09f9880', 'こ😀'],
    ['UTF-8', 'efbbbf41', '\ufeffA'],
    ['UTF-16LE', '61000002', 'aȀ'],
    ['UTF-16BE', 'd83dde00', '😀'],
    ['UTF-16LE', 'fffe6100', '\ufeffa'],
    ['UTF-32LE', '00f60100', '😀'],
    ['UTF-32BE', '0001f600', '😀'],
    ['ISO-8859-1', '80e9ff', '\u0080éÿ'],
    ['ISO-8859-2', 'b1', 'ą'],
    ['ISO-8859-5', 'b0', 'А'],
    ['ISO-8859-7', 'e1', 'α'],
    ['ISO-8859-9', 'd0fd80', 'Ğı\u0080'],
    ['ISO-8859-11', 'a180', 'ก\u0080'],
    ['ISO-8859-15', 'a4', '€'],
    ['ISO-8859-16', 'a4aaff', '€Șÿ'],
    ['windows-1250', '9e', 'ž'],
    ['windows-1251', 'c6', 'Ж'],
    ['windows-1252', '80969f', '€–Ÿ'],
    ['windows-1258', 'd5', 'Ơ'],
    ['IBM437', '41b0b1b2ff', 'A░▒▓\u00a0'],
    ['IBM866', '80ef', 'Ая'],
    ['KOI8-R', 'c1', 'а'],
    ['SJIS', '82b182f182c9b1', 'こんにｱ'],
    ['Shift_JIS', '82bf', 'ち'],
    ['EUC-JP', 'a4b38eb18fb0a1', 'こｱ丂'],
    ['Big5', 'a4a4', '中'],
    ['GB2312', 'd6d0', '中'],
    ['EUC-KR', 'c7d1', '한'],
    ['utf_16-le', '6100', 'a'],
    ['cp1251', 'c6', 'Ж'],
    ['latin1', '92', '\u0092'],
    ['UTF-16', '41004200', 'AB'],
    ['ucs-2', '41000002', 'AȀ'],
    ['UTF-32', '4100000000f60100', 'A😀'],
    ['UTF-16', 'fffefffe4100', '\ufeffA'],
  ];
  it.each(cases)('%s %s', (encoding, hex, text) => {
    expect(bytesToStr(bytes(hex), encoding)).toBe(text);
    expect(strToBytes(text, encoding)).toEqual(bytes(hex));
  });

  it.each([
    ['UTF-16', 'feff00410042'],
    ['utf16', 'fffe41004200'],
    ['UTF-32', '0000feff0000004100000042'],
    ['UTF-32', 'fffe00004100000042000000'],
  ])('%s takes the byte order from the mark of %s', (encoding, hex) => {
    expect(bytesToStr(bytes(hex), encoding)).toBe('AB');
  });

  const singleByte = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16].map((part) => `ISO-8859-${part}`);
  const windows = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((page) => `windows-125${page}`);
  it.each([...singleByte, ...windows, 'ASCII', 'IBM437', 'IBM866', 'KOI8-U'])(
    '%s: every character goes both ways',
    (encoding) => {
      const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      const known = all.filter((byte) => bytesToStr(Uint8Array.of(byte), encoding) !== '\ufffd');
      expect(known.length).toBeGreaterThan(200);
      expect(strToBytes(bytesToStr(known, encoding), encoding)).toEqual(known);
    },
  );

  it('replaces what is malformed', () => {
    expect(bytesToStr(bytes('41ff42'), 'UTF-8')).toBe('A\ufffdB');
    expect(bytesToStr(bytes('610062'), 'UTF-16LE')).toBe('a\ufffd');
    expect(bytesToStr(bytes('ffffffff00d80000' + '61'), 'UTF-32LE')).toBe('\ufffd\ufffd\ufffd');
  });

  it('reads long strings as it reads short ones', () => {
    const long = 'plain '.repeat(50) + 'é';
    for (const encoding of ['UTF-8', 'ISO-8859-1', 'IBM437', 'SJIS'].slice(0, 3))
      expect(bytesToStr(strToBytes(long, encoding), encoding)).toBe(long);
  });

  it('refuses unknown encodings and characters without a place', () => {
    for (const encoding of ['ASCII\\x', "UTF-8'x", 'SJIS"x', 'IBM437\nx', ''])
      expect(() => bytesToStr(bytes('41'), encoding)).toThrow(UnknownEncodingError);
    expect(() => strToBytes('€', 'ASCII')).toThrow(EncodeError);
    expect(() => strToBytes('€', 'IBM437')).toThrow(EncodeError);
    expect(() => strToBytes('😀', 'SJIS')).toThrow(EncodeError);
  });
});
