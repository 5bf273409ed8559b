import type { Place } from '../../model/problem.ts';

/** What a qcow2 is to those who take images in. */
export interface Qcow2Traits {
  readonly version: 2 | 3;
  readonly versionAt: Place;
  readonly hasExtendedL2: boolean;
  readonly hasUnknownFeatures: boolean;
  readonly featuresAt: Place | null;
  readonly hasDataFile: boolean;
  readonly hasBackingFile: boolean;
  readonly snapshots: number;
}

declare module '../../model/disclosure.ts' {
  interface TraitsByFormat {
    readonly qcow2: Qcow2Traits;
  }
}
