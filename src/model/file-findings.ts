/** What can be found out about any file, and the figures that go with it. */
export interface FileFindings {
  'file/empty': { readonly size: number; readonly format: string | null; readonly smallest: number | null };
  'file/unknown-format': { readonly reason: string };
  'file/not-regular': { readonly reason: string };
  'file/read-error': { readonly reason: string };
  'file/changed-during-check': null;
  'file/size-not-sector-multiple': { readonly size: number };
  'file/polyglot-magic': { readonly format: string; readonly others: readonly string[] };
  'file/extension-mismatch': { readonly extension: string; readonly format: string };
  'file/limit-exceeded': { readonly what: string; readonly count: number; readonly limit: number };
  'file/hidden-nonzero-slack': { readonly first: number; readonly sectors: number };
  'file/unreadable': { readonly reason: string };
}
