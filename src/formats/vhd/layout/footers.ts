import { DiskType, Footer } from '../../../../generated/vhd.ts';
import type { BreachSink } from '../../../codec/index.ts';
import { fileOffset, readAvailable } from '../../../io/source.ts';
import type { OpenContext } from '../../../model/format.ts';
import type { ImageFile } from '../../../model/image.ts';
import { Placed } from '../../shared/placed.ts';
import type { StructurePlace } from '../../shared/spec-rules.ts';
import type { FooterTrace } from '../findings.ts';
import { findFooterCookie, FOOTER_SIZE, hasFooterCookie, isFooterByChecksum } from '../probe.ts';
import { computeChecksum } from './checksum.ts';
import { isBlktap } from './creator.ts';
import type { PlacedFooter } from './image.ts';

/** Bytes at the end of a file in which a footer is looked for. */
const TAIL_SIZE = 2048;
const CONECTIX = new TextEncoder().encode('conectix');

/** Versions of blktap that set the hidden byte without a new checksum. */
const UNSUMMED_VERSIONS: readonly number[] = [0x00001, 0x10001];

/** The footers of a file. */
export interface Footers {
  /** The one at the end, with what is wrong with its place. */
  readonly end: PlacedFooter | null;
  readonly copy: PlacedFooter | null;
  /** The one that counts. */
  readonly chosen: PlacedFooter | null;
  /** First byte of the footer at the end; the size of the file where there is none. */
  readonly limit: number;
  /** Where the one at the end was found; `null` where there is none. */
  readonly place: EndFooter | null;
}

/** Where a footer was found in the last bytes of a file. */
interface EndFooter {
  /** Byte position in the file. */
  readonly position: number;
  /** Bytes of it that are there: 512, 511, or fewer where it is cut off. */
  readonly present: number;
  /** `null` where its cookie is where it should. */
  readonly trace: FooterTrace | null;
}

/**
 * Finds both footers and chooses: by specification the end counts; the copy is used where the end is lost or
 * damaged. Nothing is told here.
 */
export async function findFooters({ file, source }: OpenContext): Promise<Footers> {
  const head = await readAvailable(source, fileOffset(0), FOOTER_SIZE);
  const tail = await readAvailable(source, fileOffset(Math.max(0, source.size - TAIL_SIZE)), TAIL_SIZE);
  const place = locateEnd(tail, source.size);
  const end = place === null ? null : decodeEnd(file, tail, place, source.size);
  const copy = decodeCopy(file, head);
  const isOnlyCopy = end !== null && end.offset === 0 && copy !== null && !isFixed(end);
  const found = isOnlyCopy ? { end: null, place: null, copy } : { end, place, copy };
  return { chosen: choose(found), limit: found.end?.offset ?? source.size, ...found };
}

/** Value of a data offset that points nowhere, as fixed disks have it. */
export const NOWHERE = 0xffff_ffff_ffff_ffffn;

/**
 * Whether a footer is that of a fixed disk. A type that cannot be relied on, or is none, counts less than the data
 * offset, which points to a header in all others.
 */
export function isFixed({ fields: { diskType, dataOffset }, isTrusted }: PlacedFooter): boolean {
  if (diskType === DiskType.fixed) return true;
  const isKnown = diskType === DiskType.dynamic || diskType === DiskType.differencing;
  return dataOffset === NOWHERE && !(isTrusted && isKnown);
}

function choose({ end, copy }: Pick<Footers, 'end' | 'copy'>): PlacedFooter | null {
  // The first sector of a fixed disk is the guest's: whatever looks like a footer there is none.
  const usable = copy !== null && isFixed(copy) ? null : copy;
  if (end?.isTrusted === true || usable === null) return end;
  return usable.isTrusted || end === null ? usable : end;
}

function locateEnd(tail: Uint8Array, size: number): EndFooter | null {
  const base = size - tail.length;
  const usual = tail.length - FOOTER_SIZE;
  const at = (offset: number, present: number, trace: FooterTrace | null): EndFooter => ({
    position: base + offset,
    present,
    trace,
  });
  if (hasFooterCookie(tail, usual)) return at(usual, FOOTER_SIZE, null);
  if (hasFooterCookie(tail, usual + 1)) return at(usual + 1, FOOTER_SIZE - 1, null);
  if (isFooterByChecksum(tail, usual)) return at(usual, FOOTER_SIZE, 'damaged-cookie');
  const offset = findFooterCookie(tail);
  if (offset > usual) return at(offset, tail.length - offset, null);
  return offset >= 0 && isFooterByChecksum(tail, offset) ? at(offset, FOOTER_SIZE, 'bytes-behind') : null;
}

/** Decodes the footer at the end; what is cut off of it counts as zeros, which nearly all of it is. */
function decodeEnd(
  file: ImageFile,
  tail: Uint8Array,
  { position, present }: EndFooter,
  size: number,
): PlacedFooter | null {
  const offset = position - (size - tail.length);
  const bytes = new Uint8Array(FOOTER_SIZE);
  bytes.set(tail.subarray(offset, offset + present));
  return decode({ file, name: 'footer', offset: position }, bytes);
}

function decodeCopy(file: ImageFile, head: Uint8Array): PlacedFooter | null {
  const isThere = head.length === FOOTER_SIZE && (hasFooterCookie(head, 0) || isFooterByChecksum(head, 0));
  return isThere ? decode({ file, name: 'footer_copy', offset: 0 }, head) : null;
}

const ignoreBreaches: BreachSink = () => undefined;

function decode(place: StructurePlace, bytes: Uint8Array): PlacedFooter | null {
  const fields = Footer.decode(bytes, ignoreBreaches);
  if (fields === undefined) return null;
  return new Placed(place, bytes, fields, hasRightSum(bytes, fields));
}

/** Whether the checksum is right, for the bytes as they are stored or for one of the forms that writers sum up. */
function hasRightSum(bytes: Uint8Array, fields: Footer): boolean {
  if (sumOf(bytes, fields) === fields.checksum) return true;
  const withCookie = bytes.slice();
  withCookie.set(CONECTIX);
  if (sumOf(withCookie, fields) === fields.checksum) return true;
  if (!leavesHiddenUnsummed(fields) || fields.hidden !== 1) return false;
  const visible = bytes.slice();
  visible[fields.at('hidden')?.offset ?? 0] = 0;
  return sumOf(visible, fields) === fields.checksum;
}

/** The checksum that the bytes of a footer give. */
export function sumOf(bytes: Uint8Array, fields: Footer): number {
  return computeChecksum(bytes, fields.at('checksum')?.offset);
}

/** Whether the version of blktap that made the disk sets the hidden byte without a new checksum. */
export function leavesHiddenUnsummed(fields: Footer): boolean {
  return isBlktap(fields) && UNSUMMED_VERSIONS.includes(fields.creatorVersion);
}
