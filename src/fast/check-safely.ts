import type { CheckFailure, ImageReport } from '../model/report.ts';
import { checkLocalImage } from '../node/local.ts';

/** What `checkLocalImage` is told. */
export type LocalCheckOptions = NonNullable<Parameters<typeof checkLocalImage>[1]>;

/** Why a check was broken off: an error of ours, or a budget that was used up. */
export type BrokenOff = 'internal' | 'timeout' | 'memory';

/**
 * `checkLocalImage` that never throws: an error of ours is told in the image's own report, so that other images are
 * checked all the same.
 */
export async function checkSafely(path: string, options: LocalCheckOptions): Promise<ImageReport> {
  try {
    return await checkLocalImage(path, options);
  } catch (error) {
    const code: BrokenOff = 'internal';
    return brokenOff(path, code, `internal error in vdcheck: ${describe(error)}`);
  }
}

/**
 * The report of an image whose check did not come to its end.
 *
 * @param code a `BrokenOff`, or the operating system's code where that kept it from being begun
 */
export function brokenOff(path: string, code: string, reason: string): ImageReport {
  const error: CheckFailure = { code, message: `${path}: ${reason}` };
  return {
    path,
    format: null,
    variant: null,
    virtualSize: null,
    files: [{ path, role: 'image', size: null }],
    depth: 'header',
    verdict: 'unchecked',
    counts: { error: 0, warning: 0, leak: 0, info: 0, byRule: {} },
    problems: [],
    allocation: null,
    error,
  };
}

/** The error's first line, since a report is no place for a stack; or all of it for those who look for the error. */
function describe(error: unknown): string {
  if (process.env['VDCHECK_DEBUG'] !== undefined && error instanceof Error)
    return error.stack ?? error.message;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `${text.split('\n', 1)[0] ?? text}; VDCHECK_DEBUG=1 shows where, please report it`;
}
