import type { MapRun } from '../model/map-run.ts';

/**
 * Whether a stored run begins inside its file. One that does not has no place that could be read, and above 2^53
 * none that JSON could name exactly.
 */
export function isInFile({ file, offset }: MapRun): boolean {
  return file !== null && offset < (file.source?.size ?? Number.MAX_SAFE_INTEGER);
}
