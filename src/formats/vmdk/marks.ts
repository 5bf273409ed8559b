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

/** Where the first statement begins, behind blank lines and comments; the length of the text where there is none. */
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
  if (isDescriptorText(text)) return { carrier: 'descriptor', recognition: 'magic' };
  if (size % SECTOR === 0 && hasAt(tail, tail.length - FOOTER_FROM_END, HOSTED))
    return { carrier: 'hosted-sparse', recognition: 'end' };
  const carrier = findTrace(head, size, text);
  return carrier === null ? null : { carrier, recognition: 'trace' };
}

function findTrace(head: Uint8Array, size: number, text: string): Carrier | null {
  if (hasAt(head, 0, UNFINISHED) || isDescriptorText(readText(head, SECTOR))) return 'hosted-sparse';
  if (hasAt(head, SECTOR, SESPARSE_VOLATILE)) return 'sesparse';
  if (hasAt(head, NEWLINE_DETECTOR_OFFSET, NEWLINE_DETECTOR) && size >= SECTOR) return 'hosted-sparse';
  if (hasAt(head, 4, COWD_VERSION_AND_FLAGS) && size >= COWD_SIZE) return 'cowd';
  return CREATE_TYPE.test(text) ? 'descriptor' : findLines(head);
}

/** Tells by its lines a descriptor whose beginning is damaged, and by its place whether it is inside an extent. */
function findLines(head: Uint8Array): Carrier | null {
  if (!head.includes(EQUALS_SIGN)) return null;
  const text = new TextDecoder('latin1').decode(head);
  const found = LINES.map((line) => text.search(line)).filter((at) => at >= 0);
  if (found.length < 2) return null;
  return Math.min(...found) < SECTOR ? 'descriptor' : 'hosted-sparse';
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
