import type { ImageFile, ReferenceState } from '../../../model/image.ts';
import type { MappingRuns } from '../../shared/mapping-runs.ts';
import type { ExtentBase, ExtentPlace } from './extent.ts';

/** Raw sectors in a file (FLAT, VMFS). */
export interface FlatExtent extends ExtentBase {
  readonly kind: 'flat';
  readonly file: ImageFile;
  /** Byte of the file that is the extent's first. */
  readonly fileStart: number;
}

/** Sectors that read as zeros and have no file (ZERO). */
export interface ZeroExtent extends ExtentBase {
  readonly kind: 'zero';
}

/**
 * Why an extent cannot be read: what became of its file; or the file is of another kind than the line says, is
 * the descriptor itself, has a header that nothing can be told by; or the line does not say what to open.
 */
export type UnavailableCause =
  Exclude<ReferenceState, 'none' | 'opened'> | 'wrong-type' | 'self' | 'header' | 'line';

/** Causes that are no states of a file that is named. */
const OWN_CAUSES: ReadonlySet<string> = new Set(['wrong-type', 'self', 'header', 'line']);

/** Whether a cause is what became of a file that a line names. */
export function isReferenceState(
  cause: UnavailableCause,
): cause is Exclude<ReferenceState, 'none' | 'opened'> {
  return !OWN_CAUSES.has(cause);
}

/** An extent that cannot be read: its file is missing, is of another kind, or is a device. */
export interface UnavailableExtent extends ExtentBase {
  readonly kind: 'unavailable';
  readonly cause: UnavailableCause;
  /** Why, in a sentence. */
  readonly reason: string;
}

const WITHOUT_STRUCTURE = {
  grainSize: null,
  layout: null,
  structures: () => [],
} as const;

/** Makes a flat extent that begins at byte `fileStart` of `file`. */
export function createFlatExtent(place: ExtentPlace, file: ImageFile, fileStart: number): FlatExtent {
  return {
    ...place,
    ...WITHOUT_STRUCTURE,
    kind: 'flat',
    file,
    fileStart,
    resolve(runs: MappingRuns, from: number, to: number) {
      runs.data(from, to - from, file, fileStart + from - place.guestStart);
      return [];
    },
  };
}

/** Makes an extent of zeros. */
export function createZeroExtent(place: ExtentPlace): ZeroExtent {
  return {
    ...place,
    ...WITHOUT_STRUCTURE,
    kind: 'zero',
    file: null,
    resolve(runs: MappingRuns, from: number, to: number) {
      runs.hole('zero', from, to - from);
      return [];
    },
  };
}

/** Makes an extent that cannot be read. */
export function createUnavailableExtent(
  place: ExtentPlace,
  file: ImageFile | null,
  cause: UnavailableCause,
  reason: string,
): UnavailableExtent {
  return {
    ...place,
    ...WITHOUT_STRUCTURE,
    kind: 'unavailable',
    file,
    cause,
    reason,
    resolve(runs: MappingRuns, from: number, to: number) {
      const at = file === null ? null : { file, offset: null, length: null, field: null };
      runs.unreadable(from, to - from, at, reason);
      return [];
    },
  };
}
