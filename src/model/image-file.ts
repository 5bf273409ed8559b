import type { FileOffset, Source } from '../io/source.ts';

/** What a file is to an image. */
export type FileRole = 'image' | 'descriptor' | 'extent' | 'parent' | 'data-file';

/** One of the files that an image consists of. */
export interface ImageFile {
  /** The path as it was given, or as it was resolved from the reference that names it. */
  readonly path: string;
  readonly role: FileRole;
  /** `null` where the file could not be opened. */
  readonly source: Source | null;
}

/** A position in one of the image's files. */
export interface Located {
  readonly file: ImageFile;
  readonly offset: FileOffset;
}
