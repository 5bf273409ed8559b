import { GrainMarker } from '../../../../../generated/vmdk4.ts';
import type { Content, ContentFault, ContentRuleId, StreamPlace } from '../../../../model/content.ts';
import { SECTOR_SIZE } from '../../../../model/offsets.ts';
import type { HostedFindings } from './findings.ts';
import type { HostedLayout } from './layout/hosted-layout.ts';
import { isExcessive } from './stream-walk.ts';

const RULES = {
  notStream: 'vmdk4/grain-not-zlib',
  damaged: 'vmdk4/grain-corrupt',
  short: 'vmdk4/grain-inflates-short',
  long: 'vmdk4/grain-inflates-long',
  trailing: 'vmdk4/grain-trailing-bytes',
  padding: 'vmdk4/grain-padding-nonzero',
  zero: 'vmdk4/grain-all-zero',
} as const satisfies Partial<Record<ContentFault, ContentRuleId<HostedFindings>>>;

/**
 * What compressed grains store; `null` where grains are not compressed, or nothing says how long their streams are.
 */
export function createGrainContent({ geometry }: HostedLayout): Content | null {
  if (geometry === null || geometry.markerSize === null || geometry.markerSize === 0) return null;
  const { capacitySectors, grainSectors, grainSize, markerSize } = geometry;
  const size = capacitySectors * SECTOR_SIZE;
  return {
    method: 'zlib',
    size: grainSize,
    // Of the last grain some writers store as much as the disk needs, others all.
    least: (grain) => Math.min(grainSize, size - grain * grainSize),
    stream: (bytes, grain) => findStream(bytes, grain * grainSectors, grainSize, markerSize),
    tolerance: 0,
    isShared: false,
    rules: RULES,
  };
}

/**
 * The stream after its marker; `null` where the marker is another grain's or cannot be right, which the walk tells.
 */
function findStream(
  bytes: Uint8Array,
  lba: number,
  grainSize: number,
  markerSize: number,
): StreamPlace | null {
  if (bytes.length <= markerSize) return null;
  const marker = GrainMarker.decode(bytes.subarray(0, markerSize), () => undefined);
  if (marker?.lba !== BigInt(lba)) return null;
  const { cmpSize } = marker;
  if (cmpSize === 0 || isExcessive(cmpSize, grainSize) || markerSize + cmpSize > bytes.length) return null;
  return { from: markerSize, length: cmpSize };
}
