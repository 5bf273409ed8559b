import type { SpecRule } from '../../../generated/vdi.ts';
import type { Breach } from '../../codec/index.ts';
import type { FileFindings } from '../../model/file-findings.ts';
import type { FormatContext } from '../../model/format.ts';
import type { RegionFacts } from '../../model/owners.ts';

/** Blocks that follow one another, by their numbers on the disk. */
export interface BlockRun {
  readonly first: number;
  readonly count: number;
}

/** Everything that can be found out about a VDI, by the id of the rule, and the figures that go with it. */
export interface VdiFindings extends Record<SpecRule, Breach> {
  'vdi/header-size-unusual': { readonly headerSize: number };
  'vdi/image-type-undo': null;
  'vdi/comment-malformed': { readonly reason: string };
  'vdi/uuids-equal': { readonly uuid: string };

  'vdi/disk-size-unaligned': { readonly size: number };
  'vdi/disk-size-limit': { readonly size: bigint };
  'vdi/block-size-unusual': { readonly blockSize: number };
  'vdi/block-extra-used': { readonly extra: number };
  'vdi/blocks-too-few': { readonly entries: number; readonly needed: number };
  'vdi/blocks-excess': { readonly entries: number; readonly needed: number };
  'vdi/sector-size': { readonly field: string; readonly sectorSize: number };
  'vdi/geometry-too-large': { readonly bytes: bigint; readonly size: number };

  'vdi/blocks-offset-unaligned': { readonly offset: number };
  'vdi/map-out-of-file': { readonly entries: number; readonly present: number; readonly fileSize: number };
  'vdi/data-offset-invalid': Breach;
  'vdi/data-offset-unaligned': { readonly offset: number };

  'vdi/map-all-zero': { readonly entries: number };
  'vdi/entry-out-of-file': RegionFacts;
  'vdi/entry-duplicate': RegionFacts;
  'vdi/entry-out-of-range': { readonly index: number; readonly entry: number; readonly entries: number };
  'vdi/entry-beyond-disk': BlockRun & { readonly needed: number };
  'vdi/static-block-missing': BlockRun;
  'vdi/allocated-too-small': { readonly allocated: number; readonly last: number };
  'vdi/allocated-too-large': { readonly allocated: number; readonly stored: number };
  'vdi/space-unreferenced': { readonly start: number; readonly length: number };
  'vdi/trailing-data': { readonly start: number; readonly length: number };

  'vdi/parent-uuid-null': null;
  'vdi/parent-uuid-on-base': { readonly uuid: string };
  'vdi/parent-modify-null': null;
  'vdi/parent-is-itself': { readonly uuid: string };
  'vdi/parent-not-named': { readonly uuid: string };
}

/** What opening a VDI is given. */
export type VdiContext = FormatContext<VdiFindings & FileFindings>;
