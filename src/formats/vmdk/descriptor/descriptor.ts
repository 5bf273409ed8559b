import type { ImageFile } from '../../../model/image.ts';
import { bytesAsCharacters, DEFAULT_ENCODING, textDecoding } from './encoding.ts';
import { splitLines, type Span, type TextLine } from './lines.ts';
import { skipOver, trimEndOf } from '../../shared/plain-text.ts';
import { BLANKS, parseStatement, type ExtentLine, type Property, type Statement } from './statements.ts';

/** Bytes of descriptor text that are looked at; more is damage or an attack. QEMU stops at half of this. */
export const MAX_TEXT_BYTES = 2 * 1024 * 1024;

/** Lines that are looked at; VirtualBox stops at 1100. */
export const MAX_LINES = 20_000;

/** Where a descriptor's bytes come from. */
export interface DescriptorPlace {
  readonly file: ImageFile;
  /** Byte position of the text in the file. */
  readonly offset: number;
  /** Whether the text is inside a sparse extent. */
  readonly isEmbedded: boolean;
}

/** A byte order mark before a text. */
export type ByteOrderMark = 'UTF-8' | 'UTF-16LE' | 'UTF-16BE';

/** A parsed text descriptor; it knows the place of each of its words. Nothing in it has been judged. */
export interface Descriptor {
  readonly place: DescriptorPlace;
  /** All bytes that were there for text, with whatever follows its end. */
  readonly area: Uint8Array;
  /** Bytes before the first NUL or the end of the area. */
  readonly textLength: number;
  readonly mark: ByteOrderMark | null;
  /** As named by the text, else UTF-8. */
  readonly encoding: string;
  readonly statements: readonly Statement[];
  readonly extents: readonly ExtentLine[];
  readonly properties: readonly Property[];
  /** The first of each name, by the name in lower case. */
  readonly firstProperties: ReadonlyMap<string, Property>;
}

/** Parses descriptor text. `area` is everything that may be text; the text ends at its first NUL. */
export function parseDescriptor(area: Uint8Array, place: DescriptorPlace): Descriptor {
  const nul = area.indexOf(0);
  const textLength = nul < 0 ? area.length : nul;
  const mark = findMark(area);
  const lines = readLines(area.subarray(0, textLength), mark);
  const encoding = findEncoding(lines);
  const decoding = textDecoding(encoding);
  const read = ({ offset, length }: Span): string => decoding.decode(area.subarray(offset, offset + length));

  const extents: ExtentLine[] = [];
  const properties: Property[] = [];
  const firstProperties = new Map<string, Property>();
  const statements = lines.map((line) => {
    const statement = parseStatement(line, read, extents.length);
    if (statement.kind === 'extent') extents.push(statement);
    if (statement.kind === 'property') {
      properties.push(statement);
      const name = statement.key.text.toLowerCase();
      if (!firstProperties.has(name)) firstProperties.set(name, statement);
    }
    return statement;
  });
  return { place, area, textLength, mark, encoding, statements, extents, properties, firstProperties };
}

function readLines(text: Uint8Array, mark: ByteOrderMark | null): TextLine[] {
  const skipped = mark === 'UTF-8' ? 3 : 0;
  return splitLines(bytesAsCharacters(text.subarray(skipped)), MAX_LINES).map((line) =>
    skipped === 0 ? line : { ...line, offset: line.offset + skipped },
  );
}

function findMark(bytes: Uint8Array): ByteOrderMark | null {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'UTF-8';
  if (first === 0xff && second === 0xfe) return 'UTF-16LE';
  return first === 0xfe && second === 0xff ? 'UTF-16BE' : null;
}

/** The encoding must be known before names are read, and it may be named after them. */
function findEncoding(lines: readonly TextLine[]): string {
  for (const { text } of lines) {
    const value = /^[ \t]*encoding[ \t]*=(.*)$/i.exec(text)?.[1];
    if (value === undefined) continue;
    const plain = trimEndOf(value.slice(skipOver(value, BLANKS)), BLANKS);
    const name = plain.startsWith('"') || plain.endsWith('"') ? withoutQuotes(plain) : plain;
    if (name !== '' && !name.includes('"')) return name;
  }
  return DEFAULT_ENCODING;
}

function withoutQuotes(text: string): string {
  const start = text.startsWith('"') ? 1 : 0;
  return text.slice(start, text.length > start && text.endsWith('"') ? -1 : undefined);
}

/**
 * The first property of this name, whatever its case: few readers take the last one, and those that mind the case
 * have a rule of their own.
 */
export function findProperty(descriptor: Descriptor, key: string): Property | undefined {
  return descriptor.firstProperties.get(key.toLowerCase());
}

/** Whether the text says that it is of a streamOptimized disk. */
export function isStreamOptimized(descriptor: Descriptor): boolean {
  return findProperty(descriptor, 'createType')?.value.text.toLowerCase() === 'streamoptimized';
}

/** A content id: the value of one to eight hex digits; `null` where it is absent or something else. */
export function contentId(descriptor: Descriptor, key: 'CID' | 'parentCID'): number | null {
  const text = findProperty(descriptor, key)?.value.text ?? '';
  return /^[0-9a-f]{1,8}$/i.test(text) ? Number.parseInt(text, 16) : null;
}

/** The content id that means "there is no parent". */
export const NO_PARENT_CID = 0xffff_ffff;

/** Whether the descriptor says that there is a disk below this one. */
export function namesParent(descriptor: Descriptor): boolean {
  const parentCid = contentId(descriptor, 'parentCID');
  return parentCid !== null && parentCid !== NO_PARENT_CID;
}

/** The place of a run of the text in its file, for problems. */
export function placeOf(
  { place }: Descriptor,
  span: Span,
  field: string,
): { file: ImageFile; offset: number; length: number; field: string } {
  return { file: place.file, offset: place.offset + span.offset, length: span.length, field };
}

/**
 * Sectors that a token counts: decimal digits, and few enough that their bytes are an exact number; `null` for
 * anything else.
 */
export function parseSectors(text: string): number | null {
  if (!/^\d{1,16}$/.test(text)) return null;
  const sectors = Number(text);
  return sectors <= MAX_SECTORS ? sectors : null;
}

const MAX_SECTORS = Math.floor(Number.MAX_SAFE_INTEGER / 512);
