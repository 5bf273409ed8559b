import type { ReadStats } from '../../io/counted-source.ts';

/** What may be opened besides the image that was named, and how. */
export interface AccessOptions {
  /** Whether files outside the image's folder may be opened too; default false. */
  readonly allowOutside?: boolean;
  /** Headers for every request to a URL. */
  readonly headers?: Readonly<Record<string, string>>;
  /** `NAME:PASSWORD` for URLs. */
  readonly user?: string;
  /** Path of a file with certificates of authorities (PEM) that are trusted instead of the usual ones. */
  readonly cacert?: string;
  /** Whether any certificate will do. */
  readonly insecure?: boolean;
  /** Counts what is read of all sources together. */
  readonly stats?: ReadStats;
}
