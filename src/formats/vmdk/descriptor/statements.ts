import { skipOver, trimEndOf } from '../../shared/plain-text.ts';
import type { Span, TextLine, Token } from './lines.ts';

/** `key=value` or `ddb.key = "value"`. */
export interface Property {
  readonly kind: 'property';
  readonly line: TextLine;
  readonly key: Token;
  readonly value: Token;
  readonly isQuoted: boolean;
  /** There are blanks before or after the `=`. */
  readonly isSpaced: boolean;
  /** The key belongs to the disk database. */
  readonly isDdb: boolean;
}

/** `ACCESS SECTORS TYPE ["FILE" [OFFSET [PARTUUID [DEVICEID]]]]`. */
export interface ExtentLine {
  readonly kind: 'extent';
  readonly line: TextLine;
  /** Counted from 0 among the extent lines. */
  readonly index: number;
  readonly access: Token;
  readonly sectors: Token;
  readonly type: Token;
  /** Name as the descriptor's encoding reads it. */
  readonly file: Token | null;
  readonly offset: Token | null;
  /** What in the line does not fit the grammar, in a few words; `null` where all fits. */
  readonly flaw: string | null;
  /** There are tabs, or more than one blank, between its words. */
  readonly isSpaced: boolean;
}

/** What one line of a descriptor says. */
export type Statement =
  | Property
  | ExtentLine
  | { readonly kind: 'blank' | 'comment'; readonly line: TextLine }
  /**
   * Neither a comment nor anything that readers know, and why, in a few words. `isExtent`: it begins like an extent
   * line.
   */
  | { readonly kind: 'unparsed'; readonly line: TextLine; readonly flaw: string; readonly isExtent: boolean };

/** Gives a run of the descriptor's bytes as text in its encoding. */
export type SpanReader = (span: Span) => string;

/** Words that can begin an extent line. */
export const ACCESS_MODES: readonly string[] = ['RW', 'RDONLY', 'NOACCESS'];

/** Extent types and what stores them. */
export const EXTENT_TYPES: Readonly<
  Record<string, 'flat' | 'hosted-sparse' | 'cowd' | 'sesparse' | 'zero' | 'device'>
> = {
  FLAT: 'flat',
  VMFS: 'flat',
  ZERO: 'zero',
  SPARSE: 'hosted-sparse',
  VMFSSPARSE: 'cowd',
  SESPARSE: 'sesparse',
  VMFSRDM: 'device',
  VMFSRAW: 'device',
  VSANSPARSE: 'device',
};

const EXTENT_START = /^([ \t]*)([A-Za-z_]+)([ \t]+)([^\s"=]+)([ \t]+)([A-Za-z_]+)(?=[ \t]|$)/;
const EXTENT_FILE = /([ \t]+)"([^"]*)"/y;
const EXTENT_OFFSET = /([ \t]+)([^\s"]+)/y;
/** The UUID of a partition and the id of a device, of which nothing is read. */
const EXTENT_IDS = /(?:[ \t]+\S+){1,2}/y;
const CUT_EXTENT = /^\s*(RW|RDONLY|NOACCESS)(?:[ \t]|\s*$)/;
const PROPERTY = /^([ \t]*)([^\s="]+)([ \t]*)=/;

/** What separates the words of a line. */
export const BLANKS = ' \t';

/** In every encoding of descriptors all other bytes are ASCII, and most names are nothing else. */
const NOT_ASCII = /[^\0-\x7f]/;

/** Reads one line; `extentIndex` is the number of extent lines before it. */
export function parseStatement(line: TextLine, read: SpanReader, extentIndex: number): Statement {
  const trimmed = line.text.trim();
  if (trimmed === '') return { kind: 'blank', line };
  if (trimmed.startsWith('#')) return { kind: 'comment', line };
  return (
    parseExtent(line, read, extentIndex) ??
    parseProperty(line, read) ??
    unparsed(line, 'it is neither key=value nor an extent')
  );
}

function parseExtent(line: TextLine, read: SpanReader, index: number): Statement | null {
  const start = EXTENT_START.exec(line.text);
  if (start === null) return parseCutExtent(line);
  const [head, indent = '', access = '', gap1 = '', sectors = '', gap2 = '', type = ''] = start;
  const isExtent =
    ACCESS_MODES.includes(access) || Object.hasOwn(EXTENT_TYPES, type) || /^-?\d+$/.test(sectors);
  if (!isExtent) return null;
  const { gap3, file, gap4, offset, junk } = readExtentRest(line.text, head.length);
  const sectorsAt = indent.length + access.length + gap1.length;
  const fileAt = head.length + gap3.length + 1;
  return {
    kind: 'extent',
    line,
    index,
    access: token(line, indent.length, access, read),
    sectors: token(line, sectorsAt, sectors, read),
    type: token(line, sectorsAt + sectors.length + gap2.length, type, read),
    file: file === undefined ? null : token(line, fileAt, file, read),
    offset:
      file === undefined || offset === undefined
        ? null
        : token(line, fileAt + file.length + 1 + gap4.length, offset, read),
    flaw: junk === '' ? null : describeJunk(junk),
    isSpaced: /\t|\S {2,}\S/.test(line.text),
  };
}

/**
 * The words of an extent line after its type, and what does not fit. Expressions go on where the one before ended,
 * so none looks twice.
 */
function readExtentRest(
  text: string,
  start: number,
): { gap3: string; file: string | undefined; gap4: string; offset: string | undefined; junk: string } {
  let at = start;
  const read = (words: RegExp): RegExpExecArray | null => {
    words.lastIndex = at;
    const found = words.exec(text);
    if (found !== null) at = words.lastIndex;
    return found;
  };
  const [, gap3 = '', file] = read(EXTENT_FILE) ?? [];
  const [, gap4 = '', offset] = (file === undefined ? null : read(EXTENT_OFFSET)) ?? [];
  if (offset !== undefined) read(EXTENT_IDS);
  return { gap3, file, gap4, offset, junk: text.slice(skipOver(text, BLANKS, at)) };
}

/** A line that begins like an extent and stops too early. */
function parseCutExtent(line: TextLine): Statement | null {
  const [, word] = CUT_EXTENT.exec(line.text) ?? [];
  return word === undefined
    ? null
    : unparsed(line, `a count of sectors and a type must follow ${word}`, true);
}

function unparsed(line: TextLine, flaw: string, isExtent = false): Statement {
  return { kind: 'unparsed', line, flaw, isExtent };
}

function describeJunk(junk: string): string {
  if (!junk.startsWith('"')) return `nothing is known for ${JSON.stringify(junk)}`;
  return junk.includes('"', 1) ? 'a blank is missing after the quoted name' : 'the quote is not closed';
}

function parseProperty(line: TextLine, read: SpanReader): Statement | null {
  const match = PROPERTY.exec(line.text);
  if (match === null) return null;
  const [head, indent = '', key = '', gap1 = ''] = match;
  const start = skipOver(line.text, BLANKS, head.length);
  const gap2 = line.text.slice(head.length, start);
  const written = trimEndOf(line.text.slice(start), BLANKS);
  const isQuoted = written.startsWith('"');
  const close = written.indexOf('"', 1);
  if (isQuoted && close < 0) return unparsed(line, 'the quote is not closed');
  if (isQuoted && close !== written.length - 1) return unparsed(line, 'characters follow the closing quote');
  const valueAt = indent.length + key.length + gap1.length + 1 + gap2.length + (isQuoted ? 1 : 0);
  return {
    kind: 'property',
    line,
    key: token(line, indent.length, key, read),
    value: token(line, valueAt, isQuoted ? written.slice(1, close) : written, read),
    isQuoted,
    isSpaced: gap1 !== '' || gap2 !== '',
    isDdb: key.toLowerCase().startsWith('ddb.'),
  };
}

function token(line: TextLine, column: number, characters: string, read: SpanReader): Token {
  const span = { offset: line.offset + column, length: characters.length };
  return { text: NOT_ASCII.test(characters) ? read(span) : characters, span };
}
