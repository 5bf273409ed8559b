import { skipOver } from '../shared/plain-text.ts';
import type { ProbeSample, Recognition } from '../../model/format.ts';

/** What a file that belongs to a VMDK begins with. */
export type Carrier = 'descriptor' | 'hosted-sparse' | 'cowd' | 'sesparse';

/** The marks of VMDK that a file shows. */
export interface Marks {
  readonly carrier: Carrier;
  readonly recognition: Recognition;
}

const SECTOR = 512;
const EQUALS_SIGN = 0x3d;
const encoder = new TextEncoder();
const HOSTED = encoder.encode('KDMV');
/** What open-vmdk puts in the place of the magic until the extent is complete. */
const UNFINISHED = encoder.encode('kdmv');
const COWD = encoder.encode('COWD');
const SESPARSE = Uint8Array.of(0xbe, 0xba, 0xfe, 0xca, 0, 0, 0, 0);
const SESPARSE_VOLATILE = Uint8Array.of(0xfe, 0xca, 0xfe, 0xca, 0, 0, 0, 0);
/** A COWD header after its magic: version 1, flags 3. */
const COWD_VERSION_AND_FLAGS = Uint8Array.of(1, 0, 0, 0, 3, 0, 0, 0);
const COWD_SIZE = 2048;
/** The bytes of a hosted sparse header that reveal a transfer in text mode, and where they are. */
const NEWLINE_DETECTOR = Uint8Array.of(0x0a, 0x20, 0x0d, 0x0a);
const NEWLINE_DETECTOR_OFFSET = 73;
/** The footer of a streamOptimized extent begins this far from its end. */
const FOOTER_FROM_END = 1024;

const SIGNATURE = /^# ?Disk Descriptor ?File/i;
const VERSION = /version[ \t]*=[ \t]*\d/iy;
const LINE_END = /[\r\n]/g;
const CREATE_TYPE = /^[ \t]*createType[ \t]*=[ \t]*"?\w/im;
/** Lines that only descriptors have: other files begin with a version too. */
const OWN_LINES: readonly RegExp[] = [
  /^[ \t]*(?:parent)?CID[ \t]*=/im,
  CREATE_TYPE,
  /^[ \t]*(?:RW|RDONLY|NOACCESS)[ \t]+\d+[ \t]+[A-Z]/m,
  /^[ \t]*ddb\.[\w.]+[ \t]*=/m,
];
/** Lines of a descriptor, two of which tell one whose beginning is damaged. */
const LINES: readonly RegExp[] = [
  /^version=\d/m,
  /^CID=[\da-f]/im,
  /^parentCID=[\da-f]/im,
  CREATE_TYPE,
  /^(?:RW|RDONLY|NOACCESS) \d+ [A-Z]+ "/m,
  /^ddb\.[\w.]+ = "/m,
];

/** Whether text is a descriptor by its first line or its first statement. */
export function isDescriptorText(text: string): boolean {
  if (SIGNATURE.test(text)) return true;
  VERSION.lastIndex = findStatement(text);
  return VERSION.test(text);
}

/** Where the first statement begins, after blank lines and comments; the length of the text where there is none. */
function findStatement(text: string): number {
  let at = skipOver(text, ' \t\r\n');
  while (text[at] === '#') {
    LINE_END.lastIndex = at;
    const end = LINE_END.exec(text)?.index ?? text.length;
    at = skipOver(text, ' \t\r\n', end);
  }
  return at;
}

/** The comment by which descriptors are told, in one of the four spellings that are in use. */
export function hasDescriptorSignature(firstLine: string): boolean {
  return /^# ?Disk Descriptor ?File[ \t]*$/.test(firstLine);
}

/**
 * The magic that the first bytes of a file are; `null` for none of VMDK's.
 *
 * @param head the first 8 bytes or more, as far as the file has them
 */
export function findMagic(head: Uint8Array): Carrier | null {
  if (hasAt(head, 0, HOSTED)) return 'hosted-sparse';
  if (hasAt(head, 0, COWD)) return 'cowd';
  return hasAt(head, 0, SESPARSE) ? 'sesparse' : null;
}

/** Whether there is a hosted sparse header at `offset`. */
export function hasHostedMagic(bytes: Uint8Array, offset: number): boolean {
  return hasAt(bytes, offset, HOSTED);
}

/**
 * Finds the marks of a VMDK: a magic or descriptor text at the start, a streamOptimized footer at the end, or what is
 * left of an extent whose first bytes are damaged.
 */
export function findMarks({ head, tail, size }: ProbeSample): Marks | null {
  const magic = findMagic(head);
  if (magic !== null) return { carrier: magic, recognition: 'magic' };
  const text = readText(head, 0);
  if (isDescriptorText(text) && (SIGNATURE.test(text) || OWN_LINES.some((line) => line.test(text))))
    return { carrier: 'descriptor', recognition: 'magic' };
  if (size % SECTOR === 0 && isFooter(head, tail, size))
    return { carrier: 'hosted-sparse', recognition: 'end' };
  const carrier = findTrace(head, size);
  return carrier === null ? null : { carrier, recognition: 'trace' };
}

/** Bytes of a grain table entry and of a directory entry. */
const ENTRY = 4;

/**
 * Whether the file ends with a footer of its own: what it says of places has to fit this file, and not one that was
 * put into it. The directory is right before the footer, or the beginning of the file is still that of an extent
 * with a descriptor.
 */
function isFooter(head: Uint8Array, tail: Uint8Array, size: number): boolean {
  const at = tail.length - FOOTER_FROM_END;
  if (!hasAt(tail, at, HOSTED)) return false;
  if (isDescriptorText(readText(head, SECTOR)) || hasAt(head, NEWLINE_DETECTOR_OFFSET, NEWLINE_DETECTOR))
    return true;
  const view = new DataView(tail.buffer, tail.byteOffset + at, SECTOR);
  const capacity = Number(view.getBigUint64(12, true));
  const tableSpan = Number(view.getBigUint64(20, true)) * view.getUint32(44, true);
  const directory = Math.ceil((Math.ceil(capacity / tableSpan) * ENTRY) / SECTOR);
  const end = (Number(view.getBigUint64(56, true)) + directory) * SECTOR;
  return end === size - FOOTER_FROM_END - SECTOR;
}

function findTrace(head: Uint8Array, size: number): Carrier | null {
  if (hasAt(head, 0, UNFINISHED) || isDescriptorText(readText(head, SECTOR))) return 'hosted-sparse';
  if (hasAt(head, SECTOR, SESPARSE_VOLATILE)) return 'sesparse';
  const hasDetector = hasAt(head, NEWLINE_DETECTOR_OFFSET, NEWLINE_DETECTOR) && size >= SECTOR;
  // Text has such a line end too, but no zeros around it.
  if (hasDetector && head.subarray(0, SECTOR).includes(0)) return 'hosted-sparse';
  if (hasAt(head, 4, COWD_VERSION_AND_FLAGS) && size >= COWD_SIZE) return 'cowd';
  return findLines(head);
}

/** Tells by its lines a descriptor whose beginning is damaged, and by its place whether it is inside an extent. */
function findLines(head: Uint8Array): Carrier | null {
  if (!head.includes(EQUALS_SIGN)) return null;
  const text = new TextDecoder('latin1').decode(head);
  let first = text.length;
  let kinds = 0;
  for (const line of LINES) {
    const at = text.search(line);
    if (at < 0) continue;
    kinds++;
    first = Math.min(first, at);
  }
  // The type of a disk alone is enough where all other lines are statements.
  const mostProse = kinds > 1 ? MOST_PROSE : 0;
  if (kinds === 0 || (kinds === 1 && !CREATE_TYPE.test(text)) || shareOfProse(text) > mostProse) return null;
  return first < SECTOR ? 'descriptor' : 'hosted-sparse';
}

const STATEMENT = /^[ \t]*(?:#|[\w.]+[ \t]*=|(?:RW|RDONLY|NOACCESS)[ \t])/;
const PRINTABLE = /^[\t\x20-\x7e]+$/;

/** With more lines of other text a descriptor is only quoted in it. */
const MOST_PROSE = 0.2;

/** Printable lines that are no statements of a descriptor, as a share of those that are; damage is not printable. */
function shareOfProse(text: string): number {
  let statements = 0;
  let prose = 0;
  for (const line of text.split(/[\r\n]/)) {
    if (STATEMENT.test(line)) statements++;
    else if (PRINTABLE.test(line)) prose++;
  }
  return prose / Math.max(1, statements);
}

/** The text at `offset`, up to its first NUL and without a byte order mark. */
function readText(head: Uint8Array, offset: number): string {
  const rest = head.subarray(offset);
  const nul = rest.indexOf(0);
  const isWide = (rest[0] === 0xff && rest[1] === 0xfe) || (rest[0] === 0xfe && rest[1] === 0xff);
  if (isWide) return new TextDecoder(rest[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(rest);
  return new TextDecoder('utf-8').decode(nul < 0 ? rest : rest.subarray(0, nul));
}

function hasAt(bytes: Uint8Array, offset: number, mark: Uint8Array): boolean {
  return offset >= 0 && mark.every((byte, index) => bytes[offset + index] === byte);
}
