import { SECTOR_SIZE } from '../../../../../model/offsets.ts';
import type { Findings } from '../../../../../model/findings.ts';
import type { Tell } from '../../../../../model/problem.ts';
import type { HostedFindings } from '../findings.ts';
import type { HostedLayout } from '../layout/hosted-layout.ts';
import { sectorsAre } from '../../../../shared/counts.ts';
import { PROGRESS, scanGaps, type StreamGaps } from '../stream-gaps.ts';
import { defineHostedRules } from './define.ts';
import { BROKEN_TABLES } from './space.ts';

const STREAM = 'VMware Virtual Disk Format 5.0, Stream-Optimized Compressed Sparse Extents';

/** Entries and markers that are damaged leave grains and structures that nothing refers to. */
const LOST = [
  ...BROKEN_TABLES,
  'vmdk4/compressed-without-markers',
  'vmdk4/grain-lba-mismatch',
  'vmdk4/grain-marker-out-of-file',
  'vmdk4/grain-size-excessive',
  'vmdk4/grain-size-zero',
  'vmdk4/gte-beyond-capacity',
  'vmdk4/gte-in-metadata',
  'vmdk4/gte-out-of-file',
  'vmdk4/gte-one-without-flag',
  'vmdk4/marker-missing',
  // Where the first grain begins is not known then.
  'vmdk4/descriptor-bounds',
  'vmdk4/magic',
  'vmdk4/overhead-invalid',
];

/** The rules on what is between the grains and structures of a stream. */
export const gapRules = defineHostedRules({
  'vmdk4/stream-gap-nonzero': {
    severity: 'warning',
    depth: 'data',
    title: 'Bytes in a stream that belong to nothing',
    spec: `${STREAM}, layout of the file`,
    repair: 'lossy',
    derivedFrom: LOST,
    message: ({ sectors, first, grains }) =>
      `${sectorsAre(sectors)} not zero and part of nothing in the stream, first sector ${first}` +
      (grains === 0 ? '' : `; ${grains} grains are among them that no table points to`),
    async check({ extent }, tell, facts, findings) {
      const gaps = await scanGaps(extent, facts);
      if (gaps === null) return;
      tellLoose(extent, gaps, tell, findings);
      tellMarkers(extent, gaps, findings);
      if (gaps.ends === null) return;
      const { first, sectors } = gaps.ends;
      const at = { file: extent.file, offset: first * SECTOR_SIZE, length: SECTOR_SIZE, field: null };
      findings.tell('vmdk4/eos-early', { at, data: { first, sectors } });
    },
  },
  'vmdk4/grain-lba-duplicate': {
    severity: 'error',
    depth: 'data',
    title: 'Two grains of a stream are for the same place of the disk',
    spec: `${STREAM}, grain marker`,
    repair: 'decision',
    derivedFrom: LOST,
    message: ({ sector, lba, other }) =>
      `the grain at sector ${sector} is for guest sector ${lba}, as the one at sector ${other} is; no table points to it`,
  },
  'vmdk4/eos-early': {
    severity: 'warning',
    depth: 'data',
    title: 'A stream ends before a grain',
    spec: `${STREAM}, end of stream`,
    repair: 'none',
    derivedFrom: LOST,
    message: ({ first, sectors }) =>
      `sector ${first} is zero, which ends the stream for those who read it forward, and grains follow` +
      (sectors === 1 ? '' : `; there are ${sectors} such sectors`),
  },
});

/**
 * A grain without an entry is a second one, or one that was lost: then it is among the bytes that belong to
 * nothing.
 */
function tellLoose(
  { file, guestStart }: HostedLayout,
  { used, grains }: StreamGaps,
  tell: Tell<HostedFindings['vmdk4/stream-gap-nonzero']>,
  findings: Findings<HostedFindings>,
): void {
  const lost = grains.filter(({ other }) => other === 0);
  for (const { sector, lba, other } of grains) {
    if (other === 0) continue;
    const at = { file, offset: sector * SECTOR_SIZE, length: SECTOR_SIZE, field: 'lba' };
    const guestOffset = guestStart + lba * SECTOR_SIZE;
    findings.tell('vmdk4/grain-lba-duplicate', { at, guestOffset, data: { sector, lba, other } });
  }
  const sectors = (used?.sectors ?? 0) + lost.length;
  if (sectors === 0) return;
  const first = Math.min(used?.first ?? Infinity, lost[0]?.sector ?? Infinity);
  const at = { file, offset: first * SECTOR_SIZE, length: SECTOR_SIZE, field: null };
  tell({ at, data: { first, sectors, grains: lost.length } });
}

function tellMarkers(
  { file }: HostedLayout,
  { markers }: StreamGaps,
  findings: Findings<HostedFindings>,
): void {
  for (const { sector, type, sectors } of markers) {
    const field = `sector ${sector}`;
    const at = { file, offset: sector * SECTOR_SIZE, length: SECTOR_SIZE, field };
    const data = { field, sectors, actual: String(type) };
    const severity = type === PROGRESS ? 'info' : 'error';
    findings.tell('vmdk4/marker-type-unknown', { at, actual: data.actual, severity, data });
  }
}
