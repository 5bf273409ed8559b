import { DiskType, Footer } from '../../../generated/vhd.ts';
import { formatHex, type BreachSink } from '../../codec/index.ts';
import { fileOffset, readAvailable } from '../../io/source.ts';
import type { OpenContext } from '../../model/format.ts';
import type { Severity } from '../../model/problem.ts';
import { areEqualBytes } from '../shared/equal-bytes.ts';
import { breachSink } from '../shared/spec-rules.ts';
import { computeChecksum } from './checksum.ts';
import { isBlktap } from './creator.ts';
import { fieldPlace, structurePlace } from './place.ts';
import { findFooterCookie, FOOTER_SIZE, hasFooterCookie, isFooterByChecksum } from './probe.ts';
import {
  footerChecksum,
  footerCopyChecksum,
  footerCopyMismatch,
  footerCopyMissing,
  footerMissing,
  footerPoisoned,
  footerShort,
  footerTruncated,
  type FooterTrace,
} from './rules/footer.ts';
import { vhdSpecRules } from './rules/index.ts';
import type { FoundFooter } from './types.ts';

/** Bytes at the end of a file in which a footer is looked for. */
const TAIL_SIZE = 2048;
const COOKIE_SIZE = 8;
const CONECTIX = new TextEncoder().encode('conectix');

/** Versions of blktap that set the hidden byte without a new checksum. */
const UNSUMMED_VERSIONS: readonly number[] = [0x00001, 0x10001];

/** The footers of a file. */
export interface Footers {
  /** The one at the end, with what is wrong with its place. */
  readonly end: FoundFooter | null;
  readonly copy: FoundFooter | null;
  /** The one that counts. */
  readonly chosen: FoundFooter | null;
  /** First byte of the footer at the end; the size of the file where there is none. */
  readonly limit: number;
}

/** A footer in the last bytes of a file. */
interface EndFooter {
  /** Byte position in the file. */
  readonly position: number;
  /** Bytes of it that are there: 512, 511, or fewer where it is cut off. */
  readonly present: number;
  /** `null` where its cookie stands where it should. */
  readonly trace: FooterTrace | null;
}

/**
 * Finds both footers, reports what is wrong with them, and chooses: by specification the end counts; the copy stands in where the end is
 * lost or damaged. Fields are only judged of the one that is chosen, and only if its checksum is right.
 */
export async function findFooters(context: OpenContext): Promise<Footers> {
  const { source } = context;
  const head = await readAvailable(source, fileOffset(0), FOOTER_SIZE);
  const tail = await readAvailable(source, fileOffset(Math.max(0, source.size - TAIL_SIZE)), TAIL_SIZE);
  const place = locateEnd(tail, source.size);
  const end = place === null ? null : decodeEnd(tail, place, source.size);
  const copy = decodeCopy(head);
  const isOnlyCopy = end !== null && end.offset === 0 && copy !== null && !isFixed(end);
  const found = { end: isOnlyCopy ? null : end, copy };
  const chosen = choose(found);
  reportEnd(context, isOnlyCopy ? null : place, found.end);
  if (chosen !== null && !isFixed(chosen)) reportCopy(context, found, head);
  if (chosen?.isTrusted === true) Footer.decode(chosen.bytes, sinkFor(context, chosen));
  return { chosen, limit: found.end?.offset ?? source.size, ...found };
}

/** Value of a data offset that points nowhere, as fixed disks have it. */
export const NOWHERE = 0xffff_ffff_ffff_ffffn;

/**
 * Whether a footer is that of a fixed disk. A type that cannot be relied on, or is none, counts less than the data offset, which leads to a
 * header in all others.
 */
export function isFixed({ fields: { diskType, dataOffset }, isTrusted }: FoundFooter): boolean {
  if (diskType === DiskType.fixed) return true;
  const isKnown = diskType === DiskType.dynamic || diskType === DiskType.differencing;
  return dataOffset === NOWHERE && !(isTrusted && isKnown);
}

function choose({ end, copy }: Pick<Footers, 'end' | 'copy'>): FoundFooter | null {
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
function decodeEnd(tail: Uint8Array, { position, present }: EndFooter, size: number): FoundFooter | null {
  const offset = position - (size - tail.length);
  const bytes = new Uint8Array(FOOTER_SIZE);
  bytes.set(tail.subarray(offset, offset + present));
  return decode('footer', position, bytes);
}

function decodeCopy(head: Uint8Array): FoundFooter | null {
  const isThere = head.length === FOOTER_SIZE && (hasFooterCookie(head, 0) || isFooterByChecksum(head, 0));
  return isThere ? decode('footer_copy', 0, head) : null;
}

const ignoreBreaches: BreachSink = () => undefined;

function decode(name: string, offset: number, bytes: Uint8Array): FoundFooter | null {
  const fields = Footer.decode(bytes, ignoreBreaches);
  if (fields === undefined) return null;
  return { name, offset, bytes, fields, isTrusted: hasRightSum(bytes, fields) };
}

/** Whether the checksum is right, for the bytes as they stand or for one of the forms that writers sum up. */
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

function sumOf(bytes: Uint8Array, fields: Footer): number {
  return computeChecksum(bytes, fields.at('checksum')?.offset);
}

function leavesHiddenUnsummed(fields: Footer): boolean {
  return isBlktap(fields) && UNSUMMED_VERSIONS.includes(fields.creatorVersion);
}

function sinkFor({ file, problems }: OpenContext, { name, offset }: FoundFooter): BreachSink {
  return breachSink(vhdSpecRules, { file, name, offset }, problems);
}

function reportEnd(context: OpenContext, place: EndFooter | null, end: FoundFooter | null): void {
  const { file, source, problems } = context;
  const { size } = source;
  if (place === null || end === null) {
    const position = Math.max(0, size - FOOTER_SIZE);
    const at = { file, offset: position, length: size - position, field: 'footer' };
    problems.add(footerMissing.report({ at, data: { trace: 'nothing', position, size } }));
    return;
  }
  const { position, present, trace } = place;
  const at = structurePlace(file, end, present);
  if (trace !== null) problems.add(footerMissing.report({ at, data: { trace, position, size } }));
  else if (present === FOOTER_SIZE - 1) problems.add(footerShort.report({ at, data: { size } }));
  else if (present < FOOTER_SIZE) problems.add(footerTruncated.report({ at, data: { position, present } }));
  if (isPoisoned(end)) problems.add(footerPoisoned.report({ at, data: null }));
  if (!end.isTrusted && present >= FOOTER_SIZE - 1) reportSum(context, footerChecksum, end);
}

/** Whether blktap has marked the footer, which it does over the cookie that was summed. */
function isPoisoned({ bytes }: FoundFooter): boolean {
  return bytes[0] === 'v'.charCodeAt(0) && hasFooterCookie(bytes, 0);
}

function reportSum({ file, problems }: OpenContext, rule: typeof footerChecksum, found: FoundFooter): void {
  const stored = found.fields.checksum;
  const computed = sumOf(found.bytes, found.fields);
  const texts = { expected: formatHex(computed, 4), actual: formatHex(stored, 4) };
  problems.add(
    rule.report({ at: fieldPlace(file, found, 'checksum'), data: { stored, computed }, ...texts }),
  );
}

function reportCopy(
  context: OpenContext,
  { end, copy }: Pick<Footers, 'end' | 'copy'>,
  head: Uint8Array,
): void {
  const { file, problems } = context;
  if (copy === null || !hasFooterCookie(head, 0)) {
    const at = { file, offset: 0, length: Math.min(FOOTER_SIZE, head.length), field: 'footer_copy' };
    problems.add(footerCopyMissing.report({ at, data: { isDamaged: copy !== null } }));
    return;
  }
  if (isPoisoned(copy) && (end === null || !isPoisoned(end)))
    problems.add(footerPoisoned.report({ at: structurePlace(file, copy, COOKIE_SIZE), data: null }));
  if (!copy.isTrusted) reportSum(context, footerCopyChecksum, copy);
  else if (end?.isTrusted === true) reportDifference(context, end, copy);
}

/** Compares two footers that both have a right checksum. */
function reportDifference({ file, problems }: OpenContext, end: FoundFooter, copy: FoundFooter): void {
  if (areEqualBytes(end.bytes, copy.bytes)) return;
  const differing = copy.fields
    .fields()
    .filter(({ name }) => name !== 'cookie' && name !== 'checksum')
    .filter(
      ({ offset, size }) =>
        !areEqualBytes(end.bytes.subarray(offset, offset + size), copy.bytes.subarray(offset, offset + size)),
    );
  const [first] = differing;
  if (first === undefined) return;
  const fields = differing.map(({ name }) => name);
  const isHiddenOnly = leavesHiddenUnsummed(end.fields) && fields.length === 1 && first.name === 'hidden';
  const severity: Severity = isHiddenOnly ? 'info' : 'error';
  const at = { file, offset: first.offset, length: first.size, field: `footer_copy.${first.name}` };
  problems.add(footerCopyMismatch.report({ at, data: { fields }, severity }));
}
