import { MarkerType, MetadataMarker, type SparseExtentHeader } from '../../../../generated/vmdk4.ts';
import { fileOffset, readAvailable } from '../../../io/source.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { Severity, Tell } from '../../../model/problem.ts';
import { defineRule, type RaisableRule } from '../../../model/rule.ts';
import { GD_AT_END, headerPlace, isIntact } from '../extents/placed-header.ts';
import type { HostedSparseExtent } from '../extents/hosted-sparse.ts';
import type { VmdkImage } from '../image.ts';
import { defineFieldRule, hostedExtents, showFlags, type FieldFault, type FieldRule } from './field-rule.ts';

const FOOTER = 'VMware Virtual Disk Format 5.0, Stream-Optimized Compressed Sparse Extents, footer';

/** A stream without its footer. */
export const footerMissing: RaisableRule<
  unknown,
  { readonly size: number; readonly displaced: number | null }
> = defineRule({
  id: 'vmdk4/footer-missing',
  severity: 'error',
  depth: 'header',
  title: 'The footer is missing',
  spec: FOOTER,
  repair: 'lossy',
  message: ({ size, displaced }) =>
    displaced === null
      ? `the header says that the grain directory is named by the footer, but no footer stands 1024 bytes before the end at ${size}`
      : `the footer is at byte ${displaced}, not 1024 bytes before the end of the file at ${size}: something was appended to it`,
  explanation: {
    what: 'The header of this stream leaves the place of the grain directory to a footer in the last sectors of the file, and it is not there.',
    why: 'Without the directory no grain can be found, although the grains may be all there.',
    how: 'An upload, download or export that broke off, or bytes appended behind the end of the stream.',
    readers: 'QEMU refuses with "Invalid footer"; libvmdk opens it and has nothing to read.',
    repair:
      'Cut off what was appended, or transfer the file again; from the markers of the grains the tables can be made anew.',
  },
});

/** A footer with another magic. */
export const footerMagic: FieldRule = defineFieldRule({
  id: 'vmdk4/footer-magic',
  severity: 'error',
  depth: 'header',
  title: 'The footer does not begin with KDMV',
  spec: `${FOOTER}, magicNumber`,
  repair: 'lossy',
  explanation: {
    what: 'A footer marker announces the footer, and the sector behind it does not begin with the four letters KDMV.',
    why: "Readers that mind it find no directory and hence none of the guest's data.",
    how: 'A damaged sector, or a writer that stopped before its end.',
    readers: 'QEMU refuses the file.',
    repair: 'If the rest of the footer agrees with the header the four bytes can be written back.',
  },
});

/** A footer that names no directory. */
export const footerGdUnresolved: FieldRule = defineFieldRule({
  id: 'vmdk4/footer-gd-unresolved',
  severity: 'error',
  depth: 'header',
  title: 'The footer names no grain directory',
  spec: `${FOOTER}, gdOffset`,
  repair: 'lossy',
  explanation: {
    what: 'The header leaves the place of the grain directory to the footer, and there it is 0 or left open again.',
    why: 'No grain can be found, although the grains may be all there.',
    how: 'A writer that copied its header to the end without filling it in.',
    readers: 'QEMU and VirtualBox refuse the file.',
    repair: 'The last marker of type 2 announces the directory; its place can be written into the footer.',
  },
});

/** The sector before the footer. */
export const footerMarker: FieldRule = defineFieldRule({
  id: 'vmdk4/footer-marker',
  severity: 'error',
  depth: 'header',
  title: 'No footer marker stands before the footer',
  spec: `${FOOTER} and markers`,
  repair: 'safe',
  explanation: {
    what: 'The sector before the footer must be a marker with size 0 and type 3; it is something else.',
    why: 'The directory may well be right, but readers that mind the marker refuse the disk.',
    how: 'A writer that leaves it out, or a damaged sector.',
    readers: 'QEMU refuses the file; libvmdk looks at the footer only.',
    repair: 'Write the marker; nothing else belongs into that sector.',
  },
  async check(image, tell) {
    for (const extent of hostedExtents(image))
      await inspectMarker(extent, extent.headers.footer?.offset ?? null, tell);
  },
});

async function inspectMarker(
  extent: HostedSparseExtent,
  footer: number | null,
  tell: Tell<FieldFault>,
): Promise<void> {
  if (footer === null) return;
  const marker = await readMarker(extent, footer - SECTOR_SIZE);
  if (marker === undefined) return;
  const place = (field: 'size' | 'type' | 'num_sectors', offset: number, length: number) => ({
    file: extent.file,
    offset: footer - SECTOR_SIZE + offset,
    length,
    field: `footer_marker.${field}`,
  });
  const fault = (
    field: 'size' | 'type' | 'num_sectors',
    expected: string,
    actual: string,
    severity: Severity,
  ) => {
    const span = marker.at(field);
    const at = place(field, span?.offset ?? 0, span?.size ?? SECTOR_SIZE);
    return { at, data: { field: at.field, expected, actual }, expected, actual, severity };
  };
  if (marker.size !== 0) tell(fault('size', '0', String(marker.size), 'error'));
  else if (marker.type !== MarkerType.footer) tell(fault('type', '3', String(marker.type), 'error'));
  else if (marker.numSectors !== 1n) tell(fault('num_sectors', '1', String(marker.numSectors), 'info'));
}

async function readMarker(extent: HostedSparseExtent, offset: number): Promise<MetadataMarker | undefined> {
  const bytes = await readAvailable(extent.source, fileOffset(offset), SECTOR_SIZE);
  return MetadataMarker.decode(bytes, () => undefined);
}

/** The sector behind the footer. */
export const eosMissing: RaisableRule<VmdkImage, null> = defineRule<VmdkImage, null>({
  id: 'vmdk4/eos-missing',
  severity: 'error',
  depth: 'header',
  title: 'The end-of-stream marker is missing',
  spec: `${FOOTER} and markers, EOS`,
  repair: 'safe',
  derivedFrom: ['vmdk4/footer-missing'],
  message: () => 'no end-of-stream marker, a sector of zeros, follows the footer',
  explanation: {
    what: 'A stream with a footer ends with a marker that is all zeros; the last sector holds something else.',
    why: "The guest's data may be complete, but readers take the file for one that was cut off.",
    how: 'An upload that broke off in its last sector, or something written over it.',
    readers: 'QEMU refuses the file; stream importers wait for more.',
    repair: 'Write a sector of zeros at the end if everything else is complete.',
  },
  async check(image, tell) {
    for (const extent of hostedExtents(image)) {
      const { footer } = extent.headers;
      if (footer === null) continue;
      const offset = footer.offset + SECTOR_SIZE;
      const sector = await readAvailable(extent.source, fileOffset(offset), SECTOR_SIZE);
      if (sector.length === SECTOR_SIZE && sector.every((byte) => byte === 0)) continue;
      const length = Math.max(sector.length, SECTOR_SIZE);
      tell({ at: { file: extent.file, offset, length, field: 'eos_marker' }, data: null });
    }
  },
});

type Shown = readonly [
  field: Parameters<typeof headerPlace>[2],
  show: (header: SparseExtentHeader) => string,
];

const MIRRORED: readonly Shown[] = [
  ['version', ({ version }) => String(version)],
  ['flags', ({ flags }) => showFlags(flags)],
  ['capacity', ({ capacity }) => String(capacity)],
  ['grain_size', ({ grainSize }) => String(grainSize)],
  ['num_gtes_per_gt', ({ numGtesPerGt }) => String(numGtesPerGt)],
  ['descriptor_offset', ({ descriptorOffset }) => String(descriptorOffset)],
  ['descriptor_size', ({ descriptorSize }) => String(descriptorSize)],
  ['compress_algorithm', ({ compressAlgorithm }) => String(compressAlgorithm)],
  ['overhead', ({ overhead }) => String(overhead)],
];

/** Header and footer tell of different disks. */
export const footerHeaderMismatch: FieldRule = defineFieldRule({
  id: 'vmdk4/footer-header-mismatch',
  severity: 'error',
  depth: 'header',
  title: 'Header and footer differ',
  spec: FOOTER,
  repair: 'decision',
  derivedFrom: ['vmdk4/magic'],
  message: ({ field, expected, actual }) => `${field} is ${actual}, but the header has ${expected}`,
  explanation: {
    what: 'The footer repeats the header; only the places of the directories, and overHead, may differ.',
    why: 'The disk has another size or layout for a reader that goes by the header than for one that goes by the footer.',
    how: 'A file put together from two streams, a damaged header or footer, or an attempt to show two readers two disks.',
    readers: 'QEMU takes everything from the footer and notices nothing; stream importers go by the header.',
    repair: 'Find out which of the two fits the grains, and copy it over the other.',
  },
  check(image, tell) {
    for (const extent of hostedExtents(image)) compareFooter(extent, tell);
  },
});

function compareFooter({ headers, file }: HostedSparseExtent, tell: Tell<FieldFault>): void {
  const { header, footer } = headers;
  if (footer === null || !isIntact(header)) return;
  for (const [field, show] of MIRRORED) {
    const expected = show(header.fields);
    const actual = show(footer.fields);
    if (expected === actual || header.flaws.has(field)) continue;
    const severity = field === 'overhead' ? 'info' : 'error';
    const at = headerPlace(file, footer, field);
    tell({ at, expected, actual, severity, data: { field: `footer.${field}`, expected, actual } });
  }
}

/** A footer that nobody needs. */
export const footerUnexpected: RaisableRule<VmdkImage, null> = defineRule<VmdkImage, null>({
  id: 'vmdk4/footer-unexpected',
  severity: 'info',
  depth: 'header',
  title: 'There is a footer though the header names the directory itself',
  spec: FOOTER,
  repair: 'none',
  derivedFrom: ['vmdk4/magic', 'vmdk4/gd-offset-missing'],
  message: () => 'the header names the grain directory itself, so the footer at the end is not needed',
  explanation: {
    what: 'A footer stands at the end of the file, but gdOffset of the header leads to a directory by itself.',
    why: 'The guest sees the same disk if both name the same tables.',
    how: 'A stream whose header was filled in afterwards, so that it can be read from the front.',
    readers: 'QEMU goes by the header and does not look at the footer.',
    repair: 'Nothing needs to be done.',
  },
  check(image, tell) {
    for (const { headers, file } of hostedExtents(image)) {
      const { header, footer } = headers;
      if (footer === null || header.fields.gdOffset === GD_AT_END) continue;
      tell({ at: { file, offset: footer.offset, length: SECTOR_SIZE, field: 'footer' }, data: null });
    }
  },
});
