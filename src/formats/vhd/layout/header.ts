import { DynamicHeader } from '../../../../generated/vhd.ts';
import { formatHex } from '../../../codec/index.ts';
import { fileOffset } from '../../../io/source.ts';
import type { OpenContext } from '../../../model/format.ts';
import { SECTOR_SIZE, toSafeNumber } from '../../../model/offsets.ts';
import { fieldFault } from '../../shared/field-fault.ts';
import { Placed } from '../../shared/placed.ts';
import { breachTeller } from '../../shared/spec-rules.ts';
import type { VhdContext } from '../findings.ts';
import { FOOTER_SIZE } from '../probe.ts';
import { computeChecksum } from './checksum.ts';
import type { PlacedFooter } from './image.ts';

/** Bytes of the dynamic disk header. */
export const HEADER_SIZE = 1024;

/** Where writers put it, right after the footer copy. */
const USUAL_OFFSET = 512;

const CXSPARSE = new TextEncoder().encode('cxsparse');

/** A header as it was found, before it is judged. */
interface Candidate {
  readonly header: Placed<DynamicHeader>;
  readonly hasCookie: boolean;
}

/**
 * Finds the dynamic disk header where the footer says, or else where all writers put it, and reports what is wrong
 * with it. Its fields are judged only if its checksum is right.
 *
 * @returns `null` where there is none
 */
export async function findHeader(
  context: VhdContext,
  footer: PlacedFooter,
): Promise<Placed<DynamicHeader> | null> {
  const stated = toSafeNumber(footer.fields.dataOffset);
  const reason = refuseOffset(stated, context.source.size);
  const atStated = reason === null && stated !== null ? await readCandidate(context, stated) : null;
  if (atStated !== null && isHeader(atStated)) return judgeHeader(context, atStated);
  const usual = stated === USUAL_OFFSET ? atStated : await readCandidate(context, USUAL_OFFSET);
  const isElsewhere = usual !== null && usual !== atStated && isHeader(usual);
  if (atStated?.header.offset === USUAL_OFFSET) return judgeHeader(context, atStated);
  if (footer.isTrusted) {
    const { dataOffset } = footer.fields;
    const data = {
      dataOffset,
      reason: reason ?? 'where "cxsparse" is missing',
      foundAt: isElsewhere ? USUAL_OFFSET : null,
    };
    const at = footer.at('data_offset');
    context.findings.tell('vhd/data-offset-invalid', { at, data, actual: formatHex(dataOffset) });
  }
  return isElsewhere ? judgeHeader(context, usual) : null;
}

/** Whether a dynamic disk header is in its usual place. */
export async function hasHeader(context: OpenContext): Promise<boolean> {
  const candidate = await readCandidate(context, USUAL_OFFSET);
  return candidate !== null && isHeader(candidate);
}

/** Why no header can be at `offset`; `null` where it can. */
function refuseOffset(offset: number | null, size: number): string | null {
  if (offset === null || offset + HEADER_SIZE > size) return `which is outside these ${size} bytes`;
  if (offset % SECTOR_SIZE !== 0) return 'which is no multiple of 512';
  return offset < FOOTER_SIZE ? 'where the copy of the footer is' : null;
}

async function readCandidate({ file, source }: OpenContext, offset: number): Promise<Candidate | null> {
  if (offset + HEADER_SIZE > source.size) return null;
  const bytes = await source.read(fileOffset(offset), HEADER_SIZE);
  const fields = DynamicHeader.decode(bytes, () => undefined);
  if (fields === undefined) return null;
  const hasCookie = CXSPARSE.every((byte, index) => bytes[index] === byte);
  const place = { file, name: 'header', offset };
  return { header: new Placed(place, bytes, fields, hasRightSum(bytes, fields)), hasCookie };
}

/** Whether the checksum is right, as the bytes are stored or with the right cookie, which alone may be damaged. */
function hasRightSum(bytes: Uint8Array, fields: DynamicHeader): boolean {
  const field = fields.at('checksum')?.offset;
  if (computeChecksum(bytes, field) === fields.checksum) return true;
  const withCookie = bytes.slice();
  withCookie.set(CXSPARSE);
  return computeChecksum(withCookie, field) === fields.checksum;
}

function isHeader({ header, hasCookie }: Candidate): boolean {
  return hasCookie || header.isTrusted;
}

function judgeHeader({ findings }: VhdContext, candidate: Candidate): Placed<DynamicHeader> | null {
  const { header, hasCookie } = candidate;
  const { bytes, fields, isTrusted } = header;
  const sink = breachTeller(findings, header);
  // Of a header whose checksum is wrong, only the cookie is judged.
  DynamicHeader.decode(bytes, (breach) => {
    if (isTrusted || breach.field === 'cookie') sink(breach);
  });
  if (!isTrusted && hasCookie) {
    const stored = fields.checksum;
    const computed = computeChecksum(bytes, fields.at('checksum')?.offset);
    const texts = { expected: formatHex(computed, 4), actual: formatHex(stored, 4) };
    findings.tell('vhd/header-checksum', { at: header.at('checksum'), data: { stored, computed }, ...texts });
  }
  return isHeader(candidate) ? header : null;
}

/**
 * Where the block allocation table begins, if it can be there; otherwise `null`, and the header's field is reported
 * unless its spec did so or the header is damaged as a whole.
 */
export function locateTable(
  { findings }: VhdContext,
  header: Placed<DynamicHeader>,
  limit: number,
): number | null {
  const stated = header.fields.tableOffset;
  const offset = toSafeNumber(stated);
  const expected = expectTable(offset, header.offset, limit);
  if (expected === null) return offset;
  if (header.isTrusted && stated >= BigInt(FOOTER_SIZE)) {
    const fault = { expected, actual: formatHex(stated) };
    findings.tell('vhd/table-offset-invalid', fieldFault(header, 'table_offset', fault));
  }
  return null;
}

/** What the table's offset must be, if it is not; `null` where it can be right. */
function expectTable(offset: number | null, header: number, limit: number): string | null {
  if (offset === null || offset >= limit)
    return `in front of byte ${limit}, where the usable part of the file ends`;
  if (offset % SECTOR_SIZE !== 0) return 'a multiple of 512';
  const isInHeader = offset + SECTOR_SIZE > header && offset < header + HEADER_SIZE;
  return isInHeader || offset < FOOTER_SIZE ? 'outside the footer copy and the dynamic header' : null;
}
