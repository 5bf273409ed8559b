// The platform's `TextDecoder` decodes all encodings but these few. iconv-lite has them too, but needs Node's
// `Buffer`, and adds 300 KB to a page (bundled and minified, version 0.7), where these tables are 2 KB.

/** What a byte without a character decodes to. */
const UNDEFINED = '\ufffd';

/** The upper half of code page 437, the character set of the original PC; the lower half is ASCII. */
const IBM437_UPPER =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐' +
  '└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

/** Windows-1252 from 0x80 to 0x9f, as WHATWG has it; elsewhere it is ISO 8859-1. Node 20 decodes all of it as that. */
const WINDOWS_1252_MIDDLE = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** ISO 8859-16 from 0xa0 on; below, it is ISO 8859-1. */
const LATIN10_UPPER =
  '\u00a0ĄąŁ€„Š§š©Ș«Ź\u00adźŻ°±ČłŽ”¶·žčș»ŒœŸżÀÁÂĂÄĆÆÇÈÉÊËÌÍÎÏĐŃÒÓÔŐÖŚŰÙÚÛÜĘȚß' +
  'àáâăäćæçèéêëìíîïđńòóôőöśűùúûüęțÿ';

/** Where ISO 8859-9 differs from ISO 8859-1. */
const LATIN5_CHANGES = new Map([
  [0xd0, 'Ğ'],
  [0xdd, 'İ'],
  [0xde, 'Ş'],
  [0xf0, 'ğ'],
  [0xfd, 'ı'],
  [0xfe, 'ş'],
]);

const latin1 = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));

/** The encodings that `TextDecoder` lacks, or takes for their Windows relatives: 256 characters each. */
const ownTables: ReadonlyMap<string, () => readonly string[]> = new Map([
  ['ascii', () => latin1],
  ['iso-8859-1', () => latin1],
  ['iso-8859-9', () => latin1.map((character, byte) => LATIN5_CHANGES.get(byte) ?? character)],
  ['iso-8859-11', () => [...latin1.slice(0, 0xa0), ...decodedTable('windows-874').slice(0xa0)]],
  ['iso-8859-16', () => [...latin1.slice(0, 0xa0), ...LATIN10_UPPER]],
  ['windows-1252', () => [...latin1.slice(0, 0x80), ...WINDOWS_1252_MIDDLE, ...latin1.slice(0xa0)]],
  ['ibm437', () => [...latin1.slice(0, 0x80), ...IBM437_UPPER]],
]);

/** Encodings of one byte per character, as `TextDecoder` names them. */
const PLATFORM_SINGLE_BYTE =
  /^(ibm866|iso-8859-\d+(-i)?|koi8-[ru]|macintosh|windows-(874|125[0-8])|x-mac-cyrillic)$/;

/**
 * The characters of all 256 byte values of a single-byte encoding, or `undefined` where `name` is none. ASCII above
 * 0x7f reads as ISO 8859-1 does, so that nothing is lost.
 */
export function singleByteTable(name: string): readonly string[] | undefined {
  return ownTables.get(name)?.() ?? (PLATFORM_SINGLE_BYTE.test(name) ? decodedTable(name) : undefined);
}

function decodedTable(name: string): string[] {
  const decoder = new TextDecoder(name);
  return Array.from({ length: 256 }, (_, byte) => decoder.decode(Uint8Array.of(byte)) || UNDEFINED);
}
