import {
  MarkerType,
  MetadataMarker,
  SparseExtentHeader,
  type SpecRule,
} from '../../../../../generated/vmdk4.ts';
import type { Breach } from '../../../../codec/index.ts';
import { fileOffset, readAvailable, type Source } from '../../../../io/source.ts';
import type { ImageFile } from '../../../../model/image.ts';
import { SECTOR_SIZE } from '../../../../model/offsets.ts';
import { Placed } from '../../../shared/placed.ts';
import { breachTeller } from '../../../shared/spec-rules.ts';
import { hasHostedMagic } from '../../marks.ts';
import { fieldFault } from '../field-fault.ts';
import type { TellHosted } from './findings.ts';
import { showFlags } from './layout/flags.ts';
import { GD_AT_END, type HostedHeader, type HostedHeaders } from './layout/hosted-headers.ts';

/** Fields that mean the same in every version. */
const IDENTITY: readonly string[] = ['magic_number', 'version', 'newline_detector'];

/** How far from the end of a file a displaced footer is looked for, when something was appended after it. */
const FOOTER_SEARCH_BYTES = 1024 * 1024;

/**
 * Reads and judges the header of a hosted sparse extent and its footer, if it has or needs one.
 *
 * @returns `null` where the file is too short for a header; which is told
 */
export async function readHostedHeaders(
  file: ImageFile,
  source: Source,
  findings: TellHosted,
): Promise<HostedHeaders | null> {
  const found = await readHeader(file, source, findings);
  if (found === null) return null;
  const { header, flaws } = found;
  if (source.size % SECTOR_SIZE !== 0)
    findings.tell('file/size-not-sector-multiple', {
      at: { file, offset: source.size - (source.size % SECTOR_SIZE), length: null, field: null },
      data: { size: source.size },
    });
  const footer = await findFooter(file, source, header, findings);
  const needsFooter = header.fields.gdOffset === GD_AT_END || !header.isTrusted;
  return { header, footer, current: needsFooter ? (footer ?? header) : header, flaws };
}

async function readHeader(
  file: ImageFile,
  source: Source,
  findings: TellHosted,
): Promise<Pick<HostedHeaders, 'header' | 'flaws'> | null> {
  const place = { file, offset: 0, name: 'header' };
  const bytes = await readAvailable(source, fileOffset(0), SECTOR_SIZE);
  const breaches: Breach[] = [];
  const fields = SparseExtentHeader.decode(bytes, (breach) => breaches.push(breach));
  // Without a known version the other fields have no known meaning that they could break.
  const isVersioned = breaches.every(({ field }) => field !== 'version');
  const telling = isVersioned ? breaches : breaches.filter(({ field }) => IDENTITY.includes(field));
  const sink = breachTeller(findings, place);
  for (const breach of telling) sink(fields === undefined ? breach : showFlagsWord(breach, fields));
  if (fields === undefined) return null;
  const faults = telling.filter(({ rule }) => !HARMLESS.has(rule));
  const flaws = new Set(faults.map(({ field }) => field.split('.')[0] ?? ''));
  return { header: placeHeader(place, bytes, fields), flaws };
}

/** Rules by which a field is unusual; the others find it wrong. */
const HARMLESS: ReadonlySet<string | null> = new Set<SpecRule>([
  'vmdk4/flags-unknown-compatible',
  'vmdk4/newline-flag-unset',
  'vmdk4/compressed-without-markers',
  'vmdk4/overhead-invalid',
  'vmdk4/pad-nonzero',
]);

function placeHeader(
  place: { readonly file: ImageFile; readonly offset: number; readonly name: string },
  bytes: Uint8Array,
  fields: SparseExtentHeader,
): HostedHeader {
  return new Placed(place, bytes, fields, hasHostedMagic(fields.magicNumber, 0));
}

/** What each rule on single flags demands of the word. */
const DEMANDED_FLAGS: Readonly<Record<string, string>> = {
  'vmdk4/newline-flag-unset': 'bit 0 set',
  'vmdk4/flags-unknown-compatible': 'bits 3 to 15 clear',
  'vmdk4/compressed-without-markers': 'bit 17 set, since bit 16 is',
  'vmdk4/markers-without-compression': 'bit 17 clear, since bit 16 is',
  'vmdk4/flags-unknown-incompatible': 'bits 18 to 31 clear',
};

/** A breach of one flag as one of the whole word, which is what documents and dumps show. */
function showFlagsWord(breach: Breach, fields: SparseExtentHeader): Breach {
  if (breach.field.split('.')[0] !== 'flags') return breach;
  const { offset, size } = fields.at('flags') ?? breach;
  const expected = DEMANDED_FLAGS[breach.rule ?? ''] ?? breach.expected;
  return { ...breach, field: 'flags', offset, size, expected, actual: showFlags(fields.flags) };
}

async function findFooter(
  file: ImageFile,
  source: Source,
  header: HostedHeader,
  findings: TellHosted,
): Promise<HostedHeader | null> {
  const isNeeded = header.fields.gdOffset === GD_AT_END;
  const expected = source.size - 2 * SECTOR_SIZE;
  const bytes = await readAvailable(source, fileOffset(Math.max(0, expected)), SECTOR_SIZE);
  if (source.size % SECTOR_SIZE === 0 && expected > 0 && hasHostedMagic(bytes, 0))
    return readFooter(file, source, expected, findings);
  if (!isNeeded) return null;
  const marker = await readAvailable(source, fileOffset(Math.max(0, expected - SECTOR_SIZE)), SECTOR_SIZE);
  const at = { file, offset: Math.max(0, expected), length: SECTOR_SIZE, field: 'footer' };
  if (expected > SECTOR_SIZE && isFooterMarker(marker)) {
    const data = { field: 'footer.magic_number', expected: '"KDMV"', actual: 'something else' };
    findings.tell('vmdk4/footer-magic', { at, data });
    return readFooter(file, source, expected, findings);
  }
  const displaced = await searchFooter(source);
  // With the footer in the very last sector nothing but the end-of-stream marker is missing, which a rule finds.
  if (displaced === source.size - SECTOR_SIZE) return readFooter(file, source, displaced, findings);
  findings.tell('vmdk4/footer-missing', { at, data: { size: source.size, displaced } });
  return displaced === null ? null : readFooter(file, source, displaced, findings);
}

/**
 * Decodes the footer. Of what its spec demands only two things are its own; the rest is the same as in the
 * header, where it was judged, or differs from it, which a rule finds.
 */
async function readFooter(
  file: ImageFile,
  source: Source,
  offset: number,
  findings: TellHosted,
): Promise<HostedHeader | null> {
  const bytes = await source.read(fileOffset(offset), SECTOR_SIZE);
  const fields = SparseExtentHeader.decode(bytes, (breach) => {
    if (breach.rule === 'vmdk4/gd-offset-missing') tellUnresolved(breach);
  });
  if (fields === undefined) return null;
  const footer = placeHeader({ file, offset, name: 'footer' }, bytes, fields);
  if (fields.gdOffset === GD_AT_END) {
    const { at, data } = fieldFault(footer, 'gd_offset', 'a sector', '0xffffffffffffffff');
    findings.tell('vmdk4/footer-gd-unresolved', { at, data });
  }
  return footer;

  function tellUnresolved({ field, offset: within, size, expected, actual }: Breach): void {
    const at = { file, offset: offset + within, length: size, field: `footer.${field}` };
    const data = { field: at.field, expected, actual };
    findings.tell('vmdk4/footer-gd-unresolved', { at, data, expected, actual });
  }
}

/** Whether a sector is the marker that announces a footer: size 0, type 3. */
function isFooterMarker(sector: Uint8Array): boolean {
  const marker = MetadataMarker.decode(sector, ignoreBreach);
  return marker?.size === 0 && marker.type === MarkerType.footer;
}

function ignoreBreach(): void {
  // What is no marker is no damaged marker either.
}

/** Looks for a footer that is not at the end, because something was appended; `null` where none is near. */
async function searchFooter(source: Source): Promise<number | null> {
  const end = source.size - (source.size % SECTOR_SIZE);
  const start = Math.max(SECTOR_SIZE, end - FOOTER_SEARCH_BYTES);
  const bytes = await readAvailable(source, fileOffset(start), end - start);
  for (let at = bytes.length - SECTOR_SIZE; at >= SECTOR_SIZE; at -= SECTOR_SIZE)
    if (hasHostedMagic(bytes, at) && isFooterMarker(bytes.subarray(at - SECTOR_SIZE, at))) return start + at;
  return null;
}
