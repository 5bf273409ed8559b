import type { RegionFacts } from '../../model/owners.ts';

/** The message of a region rule that has none of its own. */
export function describeRegion({ region, start, length, limit, other }: RegionFacts): string {
  const end = start + length;
  // Positions above 2^53 are rounded; the entry that has the exact one is shown as it is stored.
  const range = `${region} is at ${Number.isSafeInteger(end) ? `bytes ${start} to ${end - 1}` : 'byte 2^53 or above'}`;
  if (other !== null) return `${range}, which overlap ${other}`;
  return start >= limit
    ? `${range}, past byte ${limit} where the usable part of the file ends`
    : `${range}, but the usable part of the file ends at byte ${limit}`;
}
