import type { ImageFile } from './image-file.ts';
import type { RuleInfo, Severity } from './rule-info.ts';

export type { Severity } from './rule-info.ts';

/** Where a finding is. Offsets and lengths are bytes in `file`; `null` where none can be named. */
export interface Place {
  readonly file: ImageFile;
  readonly offset: number | null;
  readonly length: number | null;
  /** Dotted path in the format's own words: `header.gd_offset`, `gt[7522][62]`. */
  readonly field: string | null;
}

/** What a rule found: the place and the figures its message is made of. All JSON-safe. */
export interface Finding<D> {
  readonly at: Place | null;
  readonly data: D;
  /** Overrides the rule's own severity where the catalogue makes it conditional. */
  readonly severity?: Severity;
  /** Byte position on the guest's disk that is affected. */
  readonly guestOffset?: number | null;
  readonly expected?: string | null;
  readonly actual?: string | null;
  /** Further places that the finding is about: the other region of an overlap, the second copy of a structure. */
  readonly also?: readonly Place[];
}

/** Takes findings as they are made. */
export type Tell<D> = (finding: Finding<D>) => void;

/** A finding with its rule, ready to be counted; its sentence is only made where it is listed. */
export interface Report {
  readonly rule: RuleInfo;
  readonly severity: Severity;
  readonly at: Place | null;
  readonly guestOffset: number | null;
  readonly expected: string | null;
  readonly actual: string | null;
  readonly also: readonly Place[];
  /** The figures that the message is made of. */
  readonly data: unknown;
  message(): string;
}

/** A report whose place takes another look at the file: counted at once, made only where it is listed. */
export interface PendingReport {
  readonly rule: RuleInfo;
  readonly severity: Severity;
  readonly file: ImageFile;
  /** Finds out the place. */
  settle(): Report | Promise<Report>;
}

/** Takes reports: the checker collects them, a strict caller throws on the first error. */
export interface ProblemSink {
  add(report: Report | PendingReport): void;
}

/** A place as it leaves the program. */
export interface ProblemPlace {
  readonly file: string | null;
  readonly offset: number | null;
  readonly length: number | null;
  readonly field: string | null;
}

/** One problem as it leaves the program: plain data in the shape of `check --output json`. */
export interface Problem extends ProblemPlace {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly guestOffset: number | null;
  readonly expected: string | null;
  readonly actual: string | null;
  readonly repairable: boolean;
  /**
   * Further places that the problem is about; absent where there is none. `check --output json` leaves them out,
   * SARIF has them.
   */
  readonly also?: readonly ProblemPlace[];
}
