import type { FileFindings } from '../../model/file-findings.ts';
import type { FormatContext } from '../../model/format.ts';
import type { CowdFindings } from './extents/cowd/findings.ts';
import type { HostedFindings } from './extents/hosted/findings.ts';
import type { SeSparseFindings } from './extents/sesparse/findings.ts';

/** What can be found out about descriptors, the files that they name and the chain of parents, with its figures. */
export interface VmdkFindings {
  'vmdk/descriptor-bom': { readonly mark: string };
  'vmdk/descriptor-hidden-tail': { readonly bytes: number };
  'vmdk/descriptor-line-endings': { readonly line: number; readonly isMixed: boolean };
  'vmdk/descriptor-missing': { readonly isPartOfSet: boolean };
  'vmdk/descriptor-not-text': { readonly byte: number; readonly count: number };
  'vmdk/descriptor-overflow': { readonly reason: string };
  'vmdk/descriptor-signature': { readonly line: string };
  'vmdk/descriptor-too-large': { readonly bytes: number; readonly lines: number };
  'vmdk/encoding-mismatch': { readonly line: number; readonly encoding: string };
  'vmdk/encoding-unknown': { readonly encoding: string };
  'vmdk/descriptor-duplicate-key': {
    readonly key: string;
    readonly first: string;
    readonly second: string;
    readonly line: number;
  };
  'vmdk/descriptor-key-case': { readonly key: string; readonly usual: string };
  'vmdk/descriptor-order': { readonly line: number; readonly after: string };
  'vmdk/descriptor-spacing': { readonly line: number; readonly what: string };
  'vmdk/descriptor-unparsed-line': { readonly line: number; readonly flaw: string };
  'vmdk/cid-malformed': { readonly key: string; readonly value: string };
  'vmdk/cid-missing': { readonly key: string };
  'vmdk/cid-not-padded': { readonly key: string; readonly value: string };
  'vmdk/cid-reserved': { readonly value: string };
  'vmdk/longcid-mismatch': { readonly long: string; readonly cid: string };
  'vmdk/parentcid-missing': { readonly key: string };
  'vmdk/parent-hint-missing': { readonly cid: string };
  'vmdk/parent-hint-orphan': { readonly hint: string };
  'vmdk/version-missing': { readonly key: string };
  'vmdk/version-not-first': { readonly line: number };
  'vmdk/version-unsupported': { readonly version: string };
  'vmdk/create-type-embedded-mismatch': { readonly type: string; readonly isCompressed: boolean };
  'vmdk/create-type-extent-mismatch': { readonly type: string; readonly reason: string };
  'vmdk/create-type-missing': null;
  /** `usual` is the type as it is usually written, where only capital letters differ. */
  'vmdk/create-type-unknown': { readonly type: string; readonly usual: string | null };
  'vmdk/extent-access-not-rw': LineFault;
  'vmdk/extent-access-unknown': LineFault;
  'vmdk/extent-line-malformed': { readonly line: number; readonly flaw: string };
  'vmdk/extent-none': { readonly lines: number };
  'vmdk/extent-offset-invalid': LineFault;
  'vmdk/extent-offset-missing': LineFault;
  'vmdk/extent-offset-unexpected': LineFault;
  'vmdk/extent-size-invalid': LineFault;
  'vmdk/extent-size-limit': LineFault;
  'vmdk/extent-type-unknown': LineFault;
  'vmdk/extent-zero-present': LineFault;
  'vmdk/extent-zero-with-file': LineFault;
  'vmdk/embedded-name-mismatch': FileFault;
  'vmdk/extent-capacity-mismatch': {
    readonly extent: number;
    readonly line: number;
    readonly header: number;
  };
  'vmdk/extent-file-missing': FileFault;
  'vmdk/extent-not-opened': FileFault;
  'vmdk/extent-found-elsewhere': FileFault;
  'vmdk/extent-file-repeated': FileFault;
  'vmdk/extent-file-wrong-type': FileFault;
  'vmdk/extent-flat-has-magic': FileFault;
  'vmdk/extent-flat-long': FileFault;
  'vmdk/extent-flat-short': FileFault;
  'vmdk/extent-overlap': FileFault;
  'vmdk/extent-self-reference': FileFault;
  'vmdk/ctk-missing': { readonly name: string; readonly flaw: string };
  'vmdk/extent-name-convention': NameFault;
  'vmdk/adapter-unknown': { readonly value: string };
  'vmdk/geometry-invalid': { readonly key: string; readonly value: string; readonly limit: number };
  'vmdk/geometry-missing': null;
  'vmdk/geometry-size-mismatch': { readonly product: number; readonly size: number };
  'vmdk/uuid-malformed': { readonly key: string; readonly value: string };
  'vmdk/parent-capacity-mismatch': { readonly own: number; readonly below: number };
  'vmdk/parent-chain-depth': { readonly levels: number };
  'vmdk/parent-cid-mismatch': { readonly stored: string; readonly found: string };
  'vmdk/parent-cycle': LinkFault;
  'vmdk/parent-flat-child': { readonly cid: string };
  'vmdk/parent-missing': LinkFault;
  'vmdk/parent-not-opened': LinkFault;
  'vmdk/parent-found-elsewhere': { readonly name: string; readonly found: string };
  'vmdk/parent-not-vmdk': { readonly name: string; readonly format: string };
}

/** What is found out about one word of an extent line. */
export interface LineFault {
  readonly extent: number;
  readonly word: string;
}

/** An extent line and the file that it names. */
export interface FileFault {
  readonly extent: number;
  readonly name: string;
  readonly reason: string;
}

/** An extent's name and what is unusual in it. */
export interface NameFault {
  readonly extent: number;
  readonly name: string;
  readonly usual: string;
}

/** A link to a parent. */
export interface LinkFault {
  readonly name: string;
  readonly reason: string;
}

/** What can be found out about a VMDK and its extents. */
export interface VmdkImageFindings extends VmdkFindings, HostedFindings, CowdFindings, SeSparseFindings {}

/** Everything that can be found out about a VMDK. */
type AllVmdkFindings = VmdkImageFindings & FileFindings;

/** What is given to open a VMDK, and to open its extents. */
export type VmdkContext = FormatContext<AllVmdkFindings>;
