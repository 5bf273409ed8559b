import type { SpecRule } from '../../../../../generated/vmdk4.ts';
import type { ContentFacts } from '../../../../model/content.ts';
import type { FileFindings } from '../../../../model/file-findings.ts';
import type { Findings } from '../../../../model/findings.ts';
import type { RegionFacts } from '../../../../model/owners.ts';
import type { FieldFault } from '../../../../model/rule.ts';

/** What specs demand of markers in a stream; the walk tells it, since it knows what a marker is for. */
type MarkerRule =
  | 'vmdk4/grain-marker-out-of-file'
  | 'vmdk4/grain-size-zero'
  | 'vmdk4/marker-pad-nonzero'
  | 'vmdk4/marker-type-unknown';

/** A table entry that is not as it should be. */
export interface EntryFault {
  /** The entry's path: `gt[3][17]`. */
  readonly field: string;
  /** The entry's value, a sector. */
  readonly entry: number;
}

/** Metadata and what announces it. */
export interface MarkerFault {
  readonly field: string;
  /** Sectors of the metadata. */
  readonly sectors: number;
  readonly actual: string;
}

/** An entry of a grain table that differs from its copy; both are sectors. */
export interface MirrorFault {
  /** `gt[3][17]`. */
  readonly entry: string;
  readonly primary: number;
  readonly copy: number;
  /** Byte positions of both in the file. */
  readonly entryOffset: number;
  readonly copyOffset: number;
}

/** Entries of a grain directory that are 0. */
export interface AbsentTable {
  readonly field: string;
}

/** What can be found out about a hosted sparse or streamOptimized extent, and the figures that go with it. */
export interface HostedFindings extends Record<Exclude<SpecRule, MarkerRule>, FieldFault> {
  'vmdk4/version-flag-mismatch': FieldFault;
  'vmdk4/compression-flag-mismatch': FieldFault;
  'vmdk4/unclean-shutdown': FieldFault;
  'vmdk4/capacity-zero': FieldFault;
  'vmdk4/capacity-not-grain-multiple': FieldFault;
  'vmdk4/gd-out-of-file': FieldFault;
  'vmdk4/rgd-out-of-file': FieldFault;
  'vmdk4/rgd-flag-offset-mismatch': FieldFault;
  'vmdk4/gd-rgd-same': FieldFault;
  'vmdk4/overhead-alignment': FieldFault;
  'vmdk4/footer-missing': { readonly size: number; readonly displaced: number | null };
  'vmdk4/footer-magic': FieldFault;
  'vmdk4/footer-gd-unresolved': FieldFault;
  'vmdk4/footer-marker': FieldFault;
  'vmdk4/eos-missing': null;
  'vmdk4/footer-header-mismatch': FieldFault;
  'vmdk4/footer-unexpected': null;
  'vmdk4/tables-overlap': RegionFacts;
  'vmdk4/gde-out-of-file': RegionFacts;
  'vmdk4/gde-in-metadata': RegionFacts;
  'vmdk4/gde-duplicate': RegionFacts;
  'vmdk4/rgde-out-of-file': RegionFacts;
  'vmdk4/gte-out-of-file': RegionFacts;
  'vmdk4/gte-straddles-end': RegionFacts;
  'vmdk4/gte-in-metadata': RegionFacts;
  'vmdk4/gte-duplicate': RegionFacts;
  'vmdk4/grain-overlap': RegionFacts;
  'vmdk4/grain-overlap-compressed': RegionFacts;
  'vmdk4/grain-marker-out-of-file': RegionFacts;
  'vmdk4/gte-one-without-flag': EntryFault;
  /** Sectors: of the first grain, and of one grain. */
  'vmdk4/gte-misaligned': EntryFault & { readonly first: number; readonly grain: number };
  'vmdk4/gte-beyond-capacity': EntryFault & { readonly grains: number };
  'vmdk4/grain-lba-mismatch': FieldFault;
  'vmdk4/grain-size-zero': EntryFault;
  /** Bytes: by the marker, and of a grain. */
  'vmdk4/grain-size-excessive': EntryFault & { readonly size: number; readonly grainSize: number };
  'vmdk4/gde-zero': AbsentTable;
  'vmdk4/gde-shared-with-rgd': { readonly index: number; readonly entry: number };
  'vmdk4/gd-padding-nonzero': { readonly bytes: number };
  'vmdk4/rgt-mismatch': MirrorFault;
  'vmdk4/grain-unreferenced': { readonly ranges: number; readonly bytes: number };
  'vmdk4/trailing-data': { readonly bytes: number; readonly end: number };
  'vmdk4/table-empty-image': { readonly bytes: number };
  'vmdk4/marker-missing': MarkerFault;
  'vmdk4/marker-type-unknown': MarkerFault;
  'vmdk4/marker-length': MarkerFault;
  'vmdk4/marker-pad-nonzero': MarkerFault;
  /** Sectors. */
  'vmdk4/stream-gap-nonzero': { readonly first: number; readonly sectors: number; readonly grains: number };
  'vmdk4/grain-lba-duplicate': { readonly sector: number; readonly lba: number; readonly other: number };
  'vmdk4/eos-early': { readonly first: number; readonly sectors: number };
  'vmdk4/grain-not-zlib': ContentFacts;
  'vmdk4/grain-corrupt': ContentFacts;
  'vmdk4/grain-inflates-short': ContentFacts;
  'vmdk4/grain-inflates-long': ContentFacts;
  'vmdk4/grain-trailing-bytes': ContentFacts;
  'vmdk4/grain-padding-nonzero': ContentFacts;
  'vmdk4/grain-all-zero': ContentFacts;
  'vmdk4/grain-order': { readonly field: string; readonly count: number };
}

/** Where opening and walking an extent tell what they find. */
export type TellHosted = Findings<HostedFindings & FileFindings>;
