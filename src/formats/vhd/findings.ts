import type { SpecRule } from '../../../generated/vhd.ts';
import type { Breach } from '../../codec/index.ts';
import type { FileFindings } from '../../model/file-findings.ts';
import type { FormatContext } from '../../model/format.ts';
import type { RegionFacts } from '../../model/owners.ts';
import type { Geometry } from './layout/geometry.ts';

/** A stored checksum and the one that the bytes give. */
export interface ChecksumFigures {
  readonly stored: number;
  readonly computed: number;
}

/** What is found in the place of the footer. */
export type FooterTrace = 'nothing' | 'damaged-cookie' | 'bytes-behind';

/** Everything that can be found out about a VHD, by the id of the rule, and the figures that go with it. */
export interface VhdFindings extends Record<SpecRule, Breach> {
  'vhd/footer-missing': { readonly trace: FooterTrace; readonly position: number; readonly size: number };
  'vhd/footer-truncated': { readonly position: number; readonly present: number };
  'vhd/footer-short': { readonly size: number };
  'vhd/footer-poisoned': null;
  'vhd/footer-checksum': ChecksumFigures;
  'vhd/footer-copy-missing': { readonly isDamaged: boolean };
  'vhd/footer-copy-checksum': ChecksumFigures;
  'vhd/footer-copy-mismatch': { readonly fields: readonly string[] };
  'vhd/disk-type-layout-mismatch': { readonly diskType: number; readonly layout: string };

  'vhd/data-offset-fixed': { readonly dataOffset: bigint };
  'vhd/timestamp-future': { readonly stamp: number; readonly ahead: number };
  'vhd/saved-state': { readonly savedState: number };
  'vhd/hidden': { readonly hidden: number };

  'vhd/current-size-zero': null;
  'vhd/current-size-unaligned': { readonly size: bigint };
  'vhd/size-original-mismatch': { readonly original: bigint; readonly current: bigint };
  'vhd/size-geometry-mismatch': {
    readonly creator: string;
    readonly geometry: Geometry;
    readonly bytes: number;
    readonly size: bigint;
  };
  'vhd/geometry-too-large': { readonly geometry: Geometry; readonly bytes: number; readonly size: bigint };
  'vhd/geometry-nonstandard': { readonly geometry: Geometry; readonly standard: Geometry };
  'vhd/fixed-size-mismatch': { readonly dataBytes: number; readonly size: number };
  'vhd/fixed-probe-hazard': { readonly format: string };

  'vhd/data-offset-invalid': {
    readonly dataOffset: bigint;
    readonly reason: string;
    readonly foundAt: number | null;
  };
  'vhd/header-checksum': ChecksumFigures;
  'vhd/block-size-unusual': { readonly blockSize: number };
  'vhd/bat-out-of-file': {
    readonly offset: number;
    readonly entries: number;
    readonly present: number;
    readonly limit: number;
  };
  'vhd/max-entries-too-small': { readonly entries: number; readonly needed: number };
  'vhd/max-entries-excess': { readonly entries: number; readonly needed: number };
  'vhd/parent-fields-on-dynamic': { readonly fields: readonly string[] };

  'vhd/locator-bounds': RegionFacts;
  'vhd/locator-space': { readonly index: number; readonly room: number | null; readonly length: number };
  'vhd/locator-encoding': { readonly index: number; readonly code: string; readonly reason: string };
  'vhd/locator-duplicate': { readonly code: string; readonly indices: readonly number[] };
  'vhd/locator-missing': null;
  'vhd/locator-name-mismatch': { readonly index: number; readonly name: string; readonly expected: string };
  'vhd/locator-disagree': { readonly index: number; readonly path: string; readonly first: string };

  'vhd/parent-id-null': { readonly isRaw: boolean };
  'vhd/parent-id-mismatch': { readonly expected: string; readonly actual: string; readonly path: string };
  'vhd/parent-timestamp-mismatch': { readonly expected: number; readonly actual: number };
  'vhd/parent-missing': { readonly reason: string };
  'vhd/parent-not-opened': { readonly reason: string };
  'vhd/parent-size-mismatch': { readonly size: number; readonly parentSize: number };
  'vhd/parent-block-size-mismatch': { readonly blockSize: number; readonly parentBlockSize: number };
  'vhd/parent-cycle': { readonly reason: string };
  'vhd/parent-type': { readonly path: string; readonly format: string };
  'vhd/parent-chain-depth': { readonly depth: string };
  'vhd/parent-name-malformed': { readonly reason: string };

  'vhd/bat-entry-out-of-file': RegionFacts;
  'vhd/bat-entry-in-metadata': RegionFacts;
  'vhd/bat-entry-duplicate': RegionFacts;
  'vhd/bat-block-overlap': RegionFacts;
  'vhd/bat-entry-beyond-size': { readonly index: number; readonly needed: number; readonly sector: number };
  'vhd/bat-padding': { readonly bytes: number };
  'vhd/bat-all-zero': { readonly entries: number };
  'vhd/block-alignment': {
    readonly index: number;
    readonly count: number;
    readonly total: number;
    readonly offset: number;
  };
  'vhd/space-unreferenced': { readonly start: number; readonly length: number };
  'vhd/footer-position': { readonly end: number; readonly limit: number };
  'vhd/metadata-overlap': RegionFacts;

  'vhd/bitmap-padding': { readonly index: number };
  'vhd/bitmap-empty-block': { readonly index: number };
  'vhd/bitmap-dynamic-partial': { readonly index: number };
  'vhd/bitmap-data-mismatch': { readonly index: number; readonly sectors: number };
  'vhd/last-block-tail': { readonly index: number; readonly sectors: number; readonly size: number };
  'vhd/batmap-bitmap-mismatch': { readonly index: number };

  'vhd/batmap-checksum': { readonly stored: number };
  'vhd/batmap-unallocated-full': { readonly index: number };
}

/** What opening a VHD is given. */
export type VhdContext = FormatContext<VhdFindings & FileFindings>;
