import type { UnalignedEntry } from '../findings.ts';

/** The message of rules on entries that point into the middle of a cluster. */
export function describeUnaligned({ entry, target, clusterSize }: UnalignedEntry): string {
  return `${entry} points at byte ${target}, which is no multiple of the cluster size ${clusterSize}`;
}
