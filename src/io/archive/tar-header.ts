import { latin1 } from '../latin1.ts';
/** Bytes of a header, and what everything in a tar is padded to. */
export const TAR_BLOCK = 512;

/** What a header says by itself; long names and big sizes may come from records before it. */
export interface TarHeader {
  readonly name: string;
  /** Bytes that follow the header, padding not counted. */
  readonly size: number;
  /** The type flag: `0` file, `5` directory, `x` pax records, and so on. */
  readonly type: string;
  /** Old GNU sparse members: whether more blocks of their map follow. */
  readonly isExtended: boolean;
}

/** Whether a block is all zeros: the end of the archive. */
export function isEndOfTar(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0);
}

/**
 * Decodes a header: v7, ustar (POSIX.1-2017, pax, "ustar Interchange Format") or GNU.
 *
 * @returns `null` where the checksum is wrong, or the size is none
 */
export function parseTarHeader(block: Uint8Array): TarHeader | null {
  if (block.length < TAR_BLOCK || !isChecksumRight(block)) return null;
  const size = parseNumber(block.subarray(124, 136));
  if (size === null) return null;
  const name = textOf(block.subarray(0, 100));
  const magic = latin1(block.subarray(257, 263));
  // GNU has other things where POSIX has the first part of a long name.
  const prefix = magic === 'ustar\0' ? textOf(block.subarray(345, 500)) : '';
  const flag = block[156] ?? 0;
  const isOldFolder = flag === 0 && name.endsWith('/');
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size,
    type: flag === 0 ? (isOldFolder ? '5' : '0') : String.fromCharCode(flag),
    isExtended: block[482] === 1,
  };
}

/** The sum of all bytes with the checksum itself taken as spaces; old programs added signed bytes. */
function isChecksumRight(block: Uint8Array): boolean {
  const stored = parseNumber(block.subarray(148, 156));
  let unsigned = 0;
  let signed = 0;
  for (let at = 0; at < TAR_BLOCK; at++) {
    const byte = at >= 148 && at < 156 ? 0x20 : (block[at] ?? 0);
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  return stored === unsigned || stored === signed;
}

/** Octal digits, or GNU's base 256 where they are too few (marked by the highest bit); `null` where it is no size. */
function parseNumber(field: Uint8Array): number | null {
  const first = field[0] ?? 0;
  if (first === 0x80) {
    let value = 0;
    for (const byte of field.subarray(1)) value = value * 256 + byte;
    return Number.isSafeInteger(value) ? value : null;
  }
  if (first > 0x80) return null;
  const text = latin1(field);
  const [read = '', digits = ''] = /^ *([0-7]*)/.exec(text) ?? [];
  if (/[^ \0]/.test(text.slice(read.length))) return null;
  return digits === '' ? 0 : parseInt(digits, 8);
}

const decoder = new TextDecoder();

/** Text up to the first zero byte. */
export function textOf(field: Uint8Array): string {
  const end = field.indexOf(0);
  return decoder.decode(end < 0 ? field : field.subarray(0, end));
}

/** Records of a pax header (`LENGTH KEY=VALUE\n`); `null` where they are none. */
export function parsePax(bytes: Uint8Array): Map<string, string> | null {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    // Ten digits are more than any length that is read.
    if (space < 0 || space - at > 10) return null;
    const digits = decoder.decode(bytes.subarray(at, space));
    const end = at + (/^[0-9]+$/.test(digits) ? Number(digits) : 0);
    if (end <= space + 1 || end > bytes.length || bytes[end - 1] !== 0x0a) return null;
    const record = decoder.decode(bytes.subarray(space + 1, end - 1));
    const equals = record.indexOf('=');
    if (equals <= 0) return null;
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at = end;
  }
  return records;
}
