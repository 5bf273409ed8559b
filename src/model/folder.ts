/**
 * What a file of a folder is to the virtual machine in it.
 *
 * `disk`: an image that no other is built on; `parent`: one that is; `extent`, `data-file`: the sectors of a disk; `change-tracking`, `memory`,
 * `settings`, `log`, `lock`: what hypervisors keep beside disks; `orphan`: a part of a disk that nothing names; `missing`: named, and not
 * there; `other`: none of them.
 */
export type FolderRole =
  | 'disk'
  | 'parent'
  | 'extent'
  | 'data-file'
  | 'change-tracking'
  | 'memory'
  | 'settings'
  | 'log'
  | 'lock'
  | 'orphan'
  | 'missing'
  | 'other';

/** One file of a folder. */
export interface FolderFile {
  readonly path: string;
  readonly role: FolderRole;
  /** The files that name it. */
  readonly of: readonly string[];
}

/** What was found in a folder. */
export interface FolderReport {
  readonly path: string;
  /** Those that are there by name, then those that are missing. */
  readonly files: readonly FolderFile[];
}
