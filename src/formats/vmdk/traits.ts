import type { Place } from '../../model/problem.ts';

/** What a VMDK is to those who take images in. */
export interface VmdkTraits {
  /** As the descriptor spells it; `null` where there is no descriptor or it does not say. */
  readonly createType: string | null;
  /** `null` where there is none. */
  readonly descriptor: {
    readonly isEmbedded: boolean;
    /** Byte position in the file. */
    readonly offset: number;
    readonly isAscii: boolean;
    readonly at: Place;
    /** As it is written; `null` where it is missing. */
    readonly version: string | null;
    /** Lines that are neither comment, property nor extent. */
    readonly unparsedLines: number;
  } | null;
  /** Type words of the extents, in upper case. */
  readonly extentTypes: readonly string[];
  readonly adapterType: { readonly name: string; readonly at: Place } | null;
  /** Kinds of the extents' files. */
  readonly kinds: readonly string[];
  /** The header of the first hosted sparse extent. */
  readonly hosted: {
    readonly version: number;
    readonly isCompressed: boolean;
    /** Whether the directory is named by a footer at the end. */
    readonly isDirectoryAtEnd: boolean;
    readonly at: Place;
  } | null;
}

declare module '../../model/disclosure.ts' {
  interface TraitsByFormat {
    readonly vmdk: VmdkTraits;
  }
}
