import type { ProbeSample, Recognition } from '../../model/format.ts';
import { computeChecksum } from './layout/checksum.ts';

/** Bytes of a footer. */
export const FOOTER_SIZE = 512;

const encoder = new TextEncoder();
const COOKIE = encoder.encode('conectix');
/** What blktap puts in the place of the cookie while an operation is under way. */
const POISON = encoder.encode('v_poison');
const HEADER_COOKIE = encoder.encode('cxsparse');

/** Where a footer's checksum field is (VHD 1.0, "Hard Disk Footer Format"). */
const CHECKSUM_OFFSET = 64;
/** The complement of the greatest sum that the bytes of a footer can have. */
const LEAST_CHECKSUM = 0xffff_ffff - FOOTER_SIZE * 0xff;
/** Where writers put the dynamic disk header. */
const USUAL_HEADER_OFFSET = 512;

function hasAt(bytes: Uint8Array, offset: number, mark: Uint8Array): boolean {
  if (offset < 0) return false;
  for (let index = 0; index < mark.length; index++) if (bytes[offset + index] !== mark[index]) return false;
  return true;
}

/** Whether a footer's cookie, blktap's poisoned one among them, is at `offset` of `bytes`. */
export function hasFooterCookie(bytes: Uint8Array, offset: number): boolean {
  return hasAt(bytes, offset, COOKIE) || hasAt(bytes, offset, POISON);
}

/** The last place of `mark` in `bytes`; -1 where there is none. */
function lastIndexOf(bytes: Uint8Array, mark: Uint8Array): number {
  const [first = 0] = mark;
  let offset = bytes.lastIndexOf(first);
  while (offset > 0 && !hasAt(bytes, offset, mark)) offset = bytes.lastIndexOf(first, offset - 1);
  return hasAt(bytes, offset, mark) ? offset : -1;
}

/** Finds the last footer cookie in `bytes`; -1 where there is none. */
export function findFooterCookie(bytes: Uint8Array): number {
  return Math.max(lastIndexOf(bytes, COOKIE), lastIndexOf(bytes, POISON));
}

/**
 * Whether the sector at `offset` is a footer, whatever its cookie says: its checksum comes out as it is stored or
 * with the right cookie.
 */
export function isFooterByChecksum(bytes: Uint8Array, offset: number): boolean {
  if (offset < 0 || offset + FOOTER_SIZE > bytes.length) return false;
  const stored = new DataView(bytes.buffer, bytes.byteOffset + offset).getUint32(CHECKSUM_OFFSET);
  if (stored < LEAST_CHECKSUM) return false;
  const sector = bytes.slice(offset, offset + FOOTER_SIZE);
  if (stored === computeChecksum(sector, CHECKSUM_OFFSET)) return true;
  sector.set(COOKIE);
  return stored === computeChecksum(sector, CHECKSUM_OFFSET);
}

/** The bytes of every footer after its cookie: features 0 to 3, version 1.0; as far as the file has them. */
function isCutFooter(bytes: Uint8Array, offset: number): boolean {
  const follows = bytes.subarray(offset + 8, offset + 16);
  return follows.every((byte, index) => byte === (index === 5 ? 1 : 0) || (index === 3 && byte <= 3));
}

/**
 * Recognises a VHD: by the footer copy at its start, by the footer at its end (512 bytes, or 511 as Virtual PC
 * wrote it before 2004), or by what is left of them: a footer that is cut off, lost its cookie or has bytes added
 * after it, a dynamic disk header at its usual place.
 */
export function probe({ head, tail }: ProbeSample): Recognition | null {
  if (hasFooterCookie(head, 0)) return 'magic';
  const footer = tail.length - FOOTER_SIZE;
  if (hasFooterCookie(tail, footer) || hasFooterCookie(tail, footer + 1)) return 'end';
  const found = findFooterCookie(tail);
  const isTrace =
    (found >= 0 && ((found > footer && isCutFooter(tail, found)) || isFooterByChecksum(tail, found))) ||
    isFooterByChecksum(tail, footer) ||
    isFooterByChecksum(head, 0) ||
    hasAt(head, USUAL_HEADER_OFFSET, HEADER_COOKIE);
  return isTrace ? 'trace' : null;
}
