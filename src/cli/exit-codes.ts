import type { ImageReport, Verdict } from '../model/report.ts';

/**
 * What the program exits with. Ctrl-C ends it by the signal itself, which shells show as 130; what was begun to be
 * written is removed before.
 */
export const EXIT = {
  ok: 0,
  /** It could not be done: wrong usage, no such file, not an image. */
  failed: 1,
  /** Of a comparison. */
  different: 1,
  corrupt: 2,
  /** A comparison could not be made. */
  undecided: 2,
  leaks: 3,
} as const;

/** One of the numbers in `EXIT`. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_VERDICT: Readonly<Record<Verdict, ExitCode>> = {
  ok: EXIT.ok,
  warning: EXIT.ok,
  leak: EXIT.leaks,
  corrupt: EXIT.corrupt,
  unchecked: EXIT.failed,
};

/** Of several images the worst decides, in this order. */
const WORST_FIRST: readonly ExitCode[] = [EXIT.failed, EXIT.corrupt, EXIT.leaks, EXIT.ok];

/**
 * The exit code of a check.
 *
 * @param isLenient `--exit-zero`: what was found does not count, only what could not be checked
 */
export function exitCodeOf(
  reports: readonly Pick<ImageReport, 'verdict' | 'error'>[],
  isLenient: boolean,
): ExitCode {
  // A file of sectors beside its descriptor is what a folder of images is expected to have.
  const isExpected = ({ error }: Pick<ImageReport, 'error'>): boolean =>
    error?.code === 'extent-data' && reports.length > 1;
  const codes = new Set(reports.map((report) => (isExpected(report) ? EXIT.ok : BY_VERDICT[report.verdict])));
  const worst = WORST_FIRST.find((code) => codes.has(code)) ?? EXIT.ok;
  return isLenient && worst !== EXIT.failed ? EXIT.ok : worst;
}

/** The meanings, as help and manual page list them. */
export const EXIT_MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [EXIT.ok, 'clean, warnings allowed; or done'],
  [EXIT.failed, 'could not be done: no such file, not a disk image, wrong usage; compare: the disks differ'],
  [EXIT.corrupt, 'check: an image is corrupt; compare: it could not be done'],
  [EXIT.leaks, 'check: an image has leaks and nothing worse'],
];
