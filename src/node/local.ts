import { SourceError } from '../errors.ts';
import { openFileSource } from '../io/file-source.ts';
import type { Source } from '../io/source.ts';
import type { ImageReport } from '../model/report.ts';
import { checkImage, type CheckOptions } from '../ops/check.ts';
import { openImage, type OpenedImage, type OpenOptions } from '../ops/open.ts';
import { followFiles } from './reference-policy.ts';
import { unpack } from './unpack.ts';

/** Which files of this machine may be opened besides the one that was named. */
export interface LocalOptions {
  /** Whether files that lie outside the image's folder may be opened; default false. */
  readonly allowOutside?: boolean;
}

/** `openImage` for paths of this machine: parents and extents are opened where they lie in the image's folder. */
export function openLocalImage(
  path: string,
  options: Omit<OpenOptions, 'openSource' | 'policy'> & LocalOptions = {},
): Promise<OpenedImage> {
  return openImage(path, { ...options, ...localAccess(options) });
}

/** `checkImage` for paths of this machine. */
export function checkLocalImage(
  path: string,
  options: Omit<CheckOptions, 'openSource' | 'policy'> & LocalOptions = {},
): Promise<ImageReport> {
  return checkImage(path, { unpack, ...options, ...localAccess(options) });
}

function localAccess({ allowOutside = false }: LocalOptions): Pick<OpenOptions, 'openSource' | 'policy'> {
  return { openSource: openLocalSource, policy: followFiles({ outside: allowOutside }) };
}

/**
 * Opens a path of this machine; says why where it is none.
 *
 * @throws SourceError as `openFileSource`, `not-seekable` for `-`, `unsupported-url` for a URL
 */
function openLocalSource(path: string): Source {
  if (path === '-')
    throw new SourceError(
      'not-seekable',
      '-: standard input cannot be read here: the tables of an image lie all over it, and a stream goes forward only; save it to a file first',
      { source: path },
    );
  if (/^https?:\/\//i.test(path))
    throw new SourceError('unsupported-url', `${path}: URLs cannot be read; download the image first`, {
      source: path,
    });
  return openFileSource(path);
}
