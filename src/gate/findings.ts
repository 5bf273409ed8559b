import type { NameKind } from '../model/disclosure.ts';

/** A name of another file. */
export interface NameFigures {
  readonly kind: NameKind;
  readonly name: string;
}

/** What the rules for images from strangers can find, and the figures that go with it. */
export interface PolicyFindings {
  'policy/path-absolute': NameFigures;
  'policy/path-traversal': NameFigures;
  'policy/path-symlink': { readonly name: string };
  'policy/path-protocol': NameFigures;
  'policy/path-device': { readonly what: string };
  'policy/path-control-chars': NameFigures & { readonly reason: string };
  'policy/backing-present': { readonly reason: string };
  'policy/data-file-present': { readonly name: string | null };
  'policy/multi-file': { readonly reason: string };
  'policy/decompression-bomb': {
    readonly inflated: number;
    readonly fileBytes: number;
    readonly limit: number;
  };
  'policy/virtual-size': { readonly size: number; readonly fileBytes: number; readonly limit: number | null };
  'policy/table-memory': { readonly bytes: number; readonly tables: number; readonly limit: number };
  'policy/work-amplification': { readonly count: number; readonly limit: number };
  'policy/chain-depth': { readonly layers: number; readonly limit: number };
  'policy/encrypted-content': { readonly method: string };
  'policy/leaked-host-data': { readonly what: string; readonly text: string };
  'policy/guest-header-in-flat': { readonly format: string };
  'policy/polyglot': { readonly format: string; readonly other: string };
}
