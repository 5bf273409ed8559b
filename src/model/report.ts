import type { FolderReport } from './folder.ts';
import type { AdjustedRule, TargetAnswer } from './demands.ts';
import type { FileRole } from './image.ts';
import type { Problem, Severity } from './problem.ts';
import type { Depth } from './rule.ts';

/** What a check comes to: the worst of the problems, or `unchecked` where checking could not be done at all. */
export type Verdict = 'ok' | 'warning' | 'leak' | 'corrupt' | 'unchecked';

/** One of an image's files, as reports name it. */
export interface FileReport {
  readonly path: string;
  readonly role: FileRole;
  /** Bytes; `null` where the file could not be opened. */
  readonly size: number | null;
}

/** How many problems there are; exact, however few of them are listed. */
export interface ProblemCounts extends Readonly<Record<Severity, number>> {
  /** By rule id; rules without a problem are left out. */
  readonly byRule: Readonly<Record<string, number>>;
}

/** How much of the guest's disk is stored, in units of the format (clusters, grains, blocks). */
export interface Allocation {
  /** Bytes of one unit. */
  readonly unit: number;
  /** Units that the guest's disk has. */
  readonly total: number;
  /** Units stored as they are. */
  readonly data: number;
  /** Units that the format states to be zeros. */
  readonly zero: number;
  /** Units stored compressed; not counted in `data`. */
  readonly compressed: number;
}

/** Why an image could not be checked. */
export interface CheckFailure {
  /** The operating system's code (`ENOENT`), or ours: `not-an-image`, `not-regular`, `short-read` ... */
  readonly code: string;
  /** One sentence that names the file. */
  readonly message: string;
}

/** One image of `check --output json`, and one line of `--output ndjson`. */
export interface ImageReport {
  /** As it was given. */
  readonly path: string;
  /** Format id; `null` where none was recognised. */
  readonly format: string | null;
  readonly variant: string | null;
  /** Bytes of the guest's disk; `null` where they cannot be told. */
  readonly virtualSize: number | null;
  /** The image's own files first, then those of the layers below. */
  readonly files: readonly FileReport[];
  readonly depth: Depth;
  readonly verdict: Verdict;
  readonly counts: ProblemCounts;
  /** In the order of severity, then place; at most as many per rule as were asked for. */
  readonly problems: readonly Problem[];
  /** `null` where the format has no units, or they were not counted at this depth. */
  readonly allocation: Allocation | null;
  readonly error: CheckFailure | null;
  /**
   * What each platform that was asked for makes of the image; absent where none was, or the image could not be
   * opened.
   */
  readonly targets?: readonly TargetAnswer[];
  /** Rules that found something and count as something else than their own severity; absent where there are none. */
  readonly adjusted?: readonly AdjustedRule[];
}

/** The whole document of `check --output json`; the shape of `report.schema.json`. */
export interface CheckReport {
  readonly schema: 'vdcheck-report/1';
  readonly tool: { readonly name: 'vdcheck'; readonly version: string };
  readonly images: readonly ImageReport[];
  /** What the program exits with. */
  readonly exitCode: number;
  /** What was found in each folder that was named; absent where none was. */
  readonly folders?: readonly FolderReport[];
}
