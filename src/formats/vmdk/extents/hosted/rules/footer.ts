import { MarkerType, MetadataMarker, type SparseExtentHeader } from '../../../../../../generated/vmdk4.ts';
import { fileOffset, readAvailable } from '../../../../../io/source.ts';
import { SECTOR_SIZE } from '../../../../../model/offsets.ts';
import type { Tell } from '../../../../../model/problem.ts';
import { describeBreach, type FieldFault } from '../../../../../model/rule.ts';
import { Placed } from '../../../../shared/placed.ts';
import { fieldFault } from '../../field-fault.ts';
import { showFlags } from '../layout/flags.ts';
import { GD_AT_END } from '../layout/hosted-headers.ts';
import type { HostedLayout } from '../layout/hosted-layout.ts';
import { defineHostedRules } from './define.ts';

const FOOTER = 'VMware Virtual Disk Format 5.0, Stream-Optimized Compressed Sparse Extents, footer';
type Shown = readonly [
  field: Parameters<SparseExtentHeader['at']>[0],
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

export const footerRules = defineHostedRules({
  'vmdk4/footer-missing': {
    severity: 'error',
    depth: 'header',
    title: 'The footer is missing',
    spec: FOOTER,
    repair: 'lossy',
    message: ({ size, displaced }) =>
      displaced === null
        ? `the header says that the grain directory is named by the footer, but there is no footer 1024 bytes before the end at ${size}`
        : `the footer is at byte ${displaced}, not 1024 bytes before the end of the file at ${size}: something was appended to it`,
  },
  'vmdk4/footer-magic': {
    severity: 'error',
    depth: 'header',
    title: 'The footer does not begin with KDMV',
    spec: `${FOOTER}, magicNumber`,
    repair: 'lossy',
    message: describeBreach,
  },
  'vmdk4/footer-gd-unresolved': {
    severity: 'error',
    depth: 'header',
    title: 'The footer names no grain directory',
    spec: `${FOOTER}, gdOffset`,
    repair: 'lossy',
    message: describeBreach,
  },
  'vmdk4/footer-marker': {
    severity: 'error',
    depth: 'header',
    title: 'The footer has no footer marker before it',
    spec: `${FOOTER} and markers`,
    repair: 'safe',
    message: describeBreach,
    async check({ extent }, tell) {
      await inspectMarker(extent, tell);
    },
  },
  'vmdk4/eos-missing': {
    severity: 'error',
    depth: 'header',
    title: 'The end-of-stream marker is missing',
    spec: `${FOOTER} and markers, EOS`,
    repair: 'safe',
    derivedFrom: ['vmdk4/footer-missing'],
    message: () => 'no end-of-stream marker, a sector of zeros, follows the footer',
    async check({ extent }, tell) {
      const { footer } = extent.headers;
      if (footer === null) return;
      const offset = footer.offset + SECTOR_SIZE;
      const sector = await readAvailable(extent.source, fileOffset(offset), SECTOR_SIZE);
      if (sector.length === SECTOR_SIZE && sector.every((byte) => byte === 0)) return;
      const length = Math.max(sector.length, SECTOR_SIZE);
      tell({ at: { file: extent.file, offset, length, field: 'eos_marker' }, data: null });
    },
  },
  'vmdk4/footer-header-mismatch': {
    severity: 'error',
    depth: 'header',
    title: 'Header and footer differ',
    spec: FOOTER,
    repair: 'decision',
    derivedFrom: ['vmdk4/magic'],
    message: ({ field, expected, actual }) => `${field} is ${actual}, but the header has ${expected}`,
    check({ extent }, tell) {
      compareFooter(extent, tell);
    },
  },
  'vmdk4/footer-unexpected': {
    severity: 'info',
    depth: 'header',
    title: 'There is a footer though the header names the directory itself',
    spec: FOOTER,
    repair: 'none',
    derivedFrom: ['vmdk4/magic', 'vmdk4/gd-offset-missing'],
    message: () => 'the header names the grain directory itself, so the footer at the end is not needed',
    check({ extent }, tell) {
      const { headers, file } = extent;

      const { header, footer } = headers;
      if (footer === null || header.fields.gdOffset === GD_AT_END) return;
      tell({ at: { file, offset: footer.offset, length: SECTOR_SIZE, field: 'footer' }, data: null });
    },
  },
});

async function inspectMarker({ file, source, headers }: HostedLayout, tell: Tell<FieldFault>): Promise<void> {
  if (headers.footer === null) return;
  const offset = headers.footer.offset - SECTOR_SIZE;
  const bytes = await readAvailable(source, fileOffset(offset), SECTOR_SIZE);
  const fields = MetadataMarker.decode(bytes, () => undefined);
  if (fields === undefined) return;
  const marker = new Placed({ file, offset, name: 'footer_marker' }, bytes, fields);
  const { size, type, numSectors } = fields;
  if (size !== 0) tell(fieldFault(marker, 'size', '0', String(size), 'error'));
  else if (type !== MarkerType.footer) tell(fieldFault(marker, 'type', '3', String(type), 'error'));
  else if (numSectors !== 1n) tell(fieldFault(marker, 'num_sectors', '1', String(numSectors), 'info'));
}

function compareFooter({ headers }: HostedLayout, tell: Tell<FieldFault>): void {
  const { header, footer, flaws } = headers;
  if (footer === null || !header.isTrusted) return;
  for (const [field, show] of MIRRORED) {
    const expected = show(header.fields);
    const actual = show(footer.fields);
    if (expected === actual || flaws.has(field)) continue;
    const severity = field === 'overhead' ? 'info' : 'error';
    tell(fieldFault(footer, field, expected, actual, severity));
  }
}
