/** How bad a finding is, worst first: wrong data, risk or refusal; lost redundancy; lost space; an oddity. */
export type Severity = 'error' | 'warning' | 'leak' | 'info';

/** How much of an image is looked at: headers and descriptors; all tables too; every stored byte too. */
export type Depth = 'header' | 'metadata' | 'data';

/**
 * Whether a repair exists. `safe`: recomputed or copied from a verified copy, guest bytes cannot change; `lossy`:
 * works by unallocating, cutting off or rewriting an identity; `decision`: a person must choose; `none`: restore
 * from the source.
 */
export type Repair = 'safe' | 'lossy' | 'decision' | 'none';

/** What `vdcheck rules ID` prints. Each is one or more full sentences. */
export interface Explanation {
  /** What is wrong, in the format's own words. */
  readonly what: string;
  /** What it means for the guest's data. */
  readonly why: string;
  /** How images come to be like this. */
  readonly how: string;
  /** What each reader does with such an image. */
  readonly readers: string;
  /** What can be done. */
  readonly repair: string;
}

/** What is known of a rule without an image. */
export interface RuleInfo {
  /** Stable for ever: users suppress by it. */
  readonly id: string;
  readonly severity: Severity;
  readonly depth: Depth;
  readonly title: string;
  /** Document and section that the rule rests on. */
  readonly spec: string;
  readonly repair: Repair;
  /** Rules whose finding in the same file already explains this one, which is then left out. */
  readonly derivedFrom: readonly string[];
}

/** A rule with its explanation, which is loaded when something is printed. */
export type ExplainedRule = RuleInfo & { readonly explanation: Explanation };
