import { openFileSource } from '../io/file-source.ts';
import type { ImageReport } from '../model/report.ts';
import { checkImage, type CheckOptions } from './check.ts';
import { openImage, type OpenedImage, type OpenOptions } from './open.ts';
import { followFiles } from './reference-policy.ts';

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
  return checkImage(path, { ...options, ...localAccess(options) });
}

function localAccess({ allowOutside = false }: LocalOptions): Pick<OpenOptions, 'openSource' | 'policy'> {
  return { openSource: openFileSource, policy: followFiles({ outside: allowOutside }) };
}
