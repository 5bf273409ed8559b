import { MarkerType, MetadataMarker, SparseExtentHeader } from '../../../../generated/vmdk4.ts';
import type { Breach } from '../../../codec/index.ts';
import { fileOffset, readAvailable, type Source } from '../../../io/source.ts';
import type { ImageFile } from '../../../model/image.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { ProblemSink } from '../../../model/problem.ts';
import { fileFindings } from '../../shared/file-rules.ts';
import { breachSink } from '../../shared/spec-rules.ts';
import { hasHostedMagic } from '../marks.ts';
import { hostedSpecRules } from '../rules/hosted-spec.ts';
import { showFlags } from '../rules/field-rule.ts';
import { footerGdUnresolved, footerMagic, footerMissing } from '../rules/stream-footer.ts';
import { GD_AT_END, headerPlace, isIntact, type HostedHeaders, type PlacedHeader } from './placed-header.ts';

/** Bytes of the footer with the markers on both sides of it. */
export const FOOTER_AREA = 3 * SECTOR_SIZE;

/** Fields that mean the same in every version. */
const IDENTITY: readonly string[] = ['magic_number', 'version', 'newline_detector'];

/** How far from the end of a file a displaced footer is looked for, when something was appended behind it. */
const FOOTER_SEARCH_BYTES = 1024 * 1024;

/**
 * Reads and judges the header of a hosted sparse extent and its footer, if it has or needs one.
 *
 * @returns `null` where the file is too short for a header; the problem is reported
 */
export async function readHostedHeaders(
  file: ImageFile,
  source: Source,
  problems: ProblemSink,
): Promise<HostedHeaders | null> {
  const header = await readHeader(file, source, problems);
  if (header === null) return null;
  if (source.size % SECTOR_SIZE !== 0)
    fileFindings(problems).tell('file/size-not-sector-multiple', {
      at: { file, offset: source.size - (source.size % SECTOR_SIZE), length: null, field: null },
      data: { size: source.size },
    });
  const footer = await findFooter(file, source, header, problems);
  const needsFooter = header.fields.gdOffset === GD_AT_END || !isIntact(header);
  return { header, footer, current: needsFooter ? (footer ?? header) : header };
}

async function readHeader(
  file: ImageFile,
  source: Source,
  problems: ProblemSink,
): Promise<PlacedHeader | null> {
  const bytes = await readAvailable(source, fileOffset(0), SECTOR_SIZE);
  const breaches: Breach[] = [];
  const fields = SparseExtentHeader.decode(bytes, (breach) => breaches.push(breach));
  // Without a known version the other fields have no known meaning that they could break.
  const isVersioned = breaches.every(({ field }) => field !== 'version');
  const telling = isVersioned ? breaches : breaches.filter(({ field }) => IDENTITY.includes(field));
  const sink = breachSink(hostedSpecRules, { file, offset: 0, name: 'header' }, problems);
  for (const breach of telling) sink(fields === undefined ? breach : showFlagsWord(breach, fields));
  const flaws = new Set(telling.filter(isError).map(({ field }) => field.split('.')[0] ?? ''));
  return fields === undefined ? null : { name: 'header', offset: 0, fields, flaws };
}

function isError({ rule }: Breach): boolean {
  return hostedSpecRules.some(({ id, severity }) => id === rule && severity === 'error');
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
  header: PlacedHeader,
  problems: ProblemSink,
): Promise<PlacedHeader | null> {
  const isNeeded = header.fields.gdOffset === GD_AT_END;
  const expected = source.size - 2 * SECTOR_SIZE;
  const bytes = await readAvailable(source, fileOffset(Math.max(0, expected)), SECTOR_SIZE);
  if (source.size % SECTOR_SIZE === 0 && expected > 0 && hasHostedMagic(bytes, 0))
    return readFooter(file, source, expected, problems);
  if (!isNeeded) return null;
  const marker = await readAvailable(source, fileOffset(Math.max(0, expected - SECTOR_SIZE)), SECTOR_SIZE);
  const at = { file, offset: Math.max(0, expected), length: SECTOR_SIZE, field: 'footer' };
  if (expected > SECTOR_SIZE && isFooterMarker(marker)) {
    problems.add(
      footerMagic.report({
        at,
        data: { field: 'footer.magic_number', expected: '"KDMV"', actual: 'something else' },
      }),
    );
    return readFooter(file, source, expected, problems);
  }
  const displaced = await searchFooter(source);
  // With the footer in the very last sector nothing but the end-of-stream marker is missing, which a rule reports.
  if (displaced === source.size - SECTOR_SIZE) return readFooter(file, source, displaced, problems);
  problems.add(footerMissing.report({ at, data: { size: source.size, displaced } }));
  return displaced === null ? null : readFooter(file, source, displaced, problems);
}

/**
 * Decodes the footer. Of what its spec demands only two things are its own; the rest is the same as in the header, where it was judged, or differs
 * from it, which a rule reports.
 */
async function readFooter(
  file: ImageFile,
  source: Source,
  offset: number,
  problems: ProblemSink,
): Promise<PlacedHeader | null> {
  const bytes = await source.read(fileOffset(offset), SECTOR_SIZE);
  const fields = SparseExtentHeader.decode(bytes, (breach) => {
    if (breach.rule === 'vmdk4/gd-offset-missing') report(breach);
  });
  if (fields === undefined) return null;
  const placed: PlacedHeader = { name: 'footer', offset, fields, flaws: new Set() };
  if (fields.gdOffset === GD_AT_END)
    problems.add(
      footerGdUnresolved.report({
        at: headerPlace(file, placed, 'gd_offset'),
        data: { field: 'footer.gd_offset', expected: 'a sector', actual: '0xffffffffffffffff' },
      }),
    );
  return placed;

  function report({ field, offset: within, size, expected, actual }: Breach): void {
    const at = { file, offset: offset + within, length: size, field: `footer.${field}` };
    problems.add(
      footerGdUnresolved.report({
        at,
        data: { field: `footer.${field}`, expected, actual },
        expected,
        actual,
      }),
    );
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
