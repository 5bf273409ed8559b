import { Footer } from '../../../generated/vhd.ts';
import { formatHex } from '../../codec/index.ts';
import type { Severity } from '../../model/problem.ts';
import { areEqualBytes } from '../shared/equal-bytes.ts';
import { breachTeller } from '../shared/spec-rules.ts';
import type { VhdContext } from './findings.ts';
import { isFixed, leavesHiddenUnsummed, sumOf, type Footers } from './layout/footers.ts';
import type { PlacedFooter } from './layout/image.ts';
import { FOOTER_SIZE, hasFooterCookie } from './probe.ts';

const COOKIE_SIZE = 8;

/**
 * Tells what is wrong with the footers. Fields are judged only of the one that counts, and only if its checksum is
 * right.
 */
export function judgeFooters(context: VhdContext, footers: Footers): void {
  const { chosen } = footers;
  judgeEnd(context, footers);
  if (chosen !== null && !isFixed(chosen)) judgeCopy(context, footers);
  if (chosen?.isTrusted === true) Footer.decode(chosen.bytes, breachTeller(context.findings, chosen));
}

function judgeEnd(context: VhdContext, { place, end }: Footers): void {
  const { file, findings } = context;
  const { size } = context.source;
  if (place === null || end === null) {
    const position = Math.max(0, size - FOOTER_SIZE);
    const at = { file, offset: position, length: size - position, field: 'footer' };
    findings.tell('vhd/footer-missing', { at, data: { trace: 'nothing', position, size } });
    return;
  }
  const { position, present, trace } = place;
  const at = end.whole(present);
  if (trace !== null) findings.tell('vhd/footer-missing', { at, data: { trace, position, size } });
  else if (present === FOOTER_SIZE - 1) findings.tell('vhd/footer-short', { at, data: { size } });
  else if (present < FOOTER_SIZE) findings.tell('vhd/footer-truncated', { at, data: { position, present } });
  if (isPoisoned(end)) findings.tell('vhd/footer-poisoned', { at, data: null });
  if (!end.isTrusted && present >= FOOTER_SIZE - 1) judgeSum(context, 'vhd/footer-checksum', end);
}

/** Whether blktap has marked the footer, which it does over the cookie that was summed. */
function isPoisoned({ bytes }: PlacedFooter): boolean {
  return bytes[0] === 'v'.charCodeAt(0) && hasFooterCookie(bytes, 0);
}

function judgeSum(
  { findings }: VhdContext,
  rule: 'vhd/footer-checksum' | 'vhd/footer-copy-checksum',
  found: PlacedFooter,
): void {
  const stored = found.fields.checksum;
  const computed = sumOf(found.bytes, found.fields);
  const texts = { expected: formatHex(computed, 4), actual: formatHex(stored, 4) };
  findings.tell(rule, { at: found.at('checksum'), data: { stored, computed }, ...texts });
}

function judgeCopy(context: VhdContext, { end, copy }: Footers): void {
  const { file, findings, source } = context;
  if (copy === null || !hasFooterCookie(copy.bytes, 0)) {
    const at = { file, offset: 0, length: Math.min(FOOTER_SIZE, source.size), field: 'footer_copy' };
    findings.tell('vhd/footer-copy-missing', { at, data: { isDamaged: copy !== null } });
    return;
  }
  if (isPoisoned(copy) && (end === null || !isPoisoned(end)))
    findings.tell('vhd/footer-poisoned', { at: copy.whole(COOKIE_SIZE), data: null });
  if (!copy.isTrusted) judgeSum(context, 'vhd/footer-copy-checksum', copy);
  else if (end?.isTrusted === true) judgeDifference(context, end, copy);
}

/** Compares two footers that both have a right checksum. */
function judgeDifference({ file, findings }: VhdContext, end: PlacedFooter, copy: PlacedFooter): void {
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
  findings.tell('vhd/footer-copy-mismatch', { at, data: { fields }, severity });
}
