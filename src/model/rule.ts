import type { Breach } from '../codec/index.ts';
import type { Finding, ProblemSink, Report, Severity, Tell } from './problem.ts';
import type { Ownership } from './owners.ts';
import type { ImageFile } from './image.ts';

/** How much of an image is looked at: headers and descriptors; all tables too; every stored byte too. */
export type Depth = 'header' | 'metadata' | 'data';

/**
 * Whether a repair exists. `safe`: recomputed or copied from a verified copy, guest bytes cannot change; `lossy`: works by
 * unallocating, cutting off or rewriting an identity; `decision`: somebody must choose; `none`: restore from the source.
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
  readonly explanation: Explanation;
  /** Rules whose finding in the same file already explains this one, which is then left out. */
  readonly derivedFrom: readonly string[];
}

/** What rules may ask for besides the image; each is worked out once. */
export interface Facts {
  /** Who owns what in one of the image's files; present from depth `metadata` on. */
  ownership(file: ImageFile): Ownership | undefined;
}

/** A rule over images of one kind; what its messages are made of stays its own affair. */
export interface Rule<in I> extends RuleInfo {
  /** Looks at an image as a whole; absent where a spec, a table scan or the ownership map raises the rule. */
  readonly check?: Check<I, unknown>;
  report(finding: Finding<never>): Report;
}

/**
 * Looks at an image as a whole and tells what it finds; or, where it raises several rules, tells `problems` itself. Nearly every rule finds nothing in
 * nearly every image: so it is told what to do with a finding instead of giving back an empty list.
 */
export type Check<I, D> = (
  this: void,
  image: I,
  tell: Tell<D>,
  facts: Facts,
  problems: ProblemSink,
) => void | Promise<void>;

/** A rule that code holding the figures raises itself. */
export interface RaisableRule<in I, in D> extends Rule<I> {
  report(finding: Finding<D>): Report;
}

/** The written form of a rule. */
export interface RuleDeclaration<I, D> extends Omit<RuleInfo, 'derivedFrom'> {
  readonly derivedFrom?: readonly string[];
  readonly message: (data: D) => string;
  readonly check?: Check<I, D>;
}

/** Declares a rule. The data of its findings is held to what `message` takes, then hidden. */
export function defineRule<I, D>(declaration: RuleDeclaration<I, D>): RaisableRule<I, D> {
  const { message, check, id, severity, depth, title, spec, repair, explanation } = declaration;
  const report = (finding: Finding<D>): Report => ({
    rule: rule,
    severity: finding.severity ?? severity,
    at: finding.at,
    guestOffset: finding.guestOffset ?? null,
    expected: finding.expected ?? null,
    actual: finding.actual ?? null,
    message: () => message(finding.data),
  });
  const { derivedFrom = [] } = declaration;
  const rule: RaisableRule<I, D> = {
    ...{ id, severity, depth, title, spec, repair, explanation, derivedFrom, report },
    ...(check === undefined ? {} : { check }),
  };
  return rule;
}

/** The check of a rule for a walk that raises several rules and makes their reports itself. */
export function reportedBy<I>(walk: (image: I, facts: Facts) => AsyncIterable<Report>): Check<I, unknown> {
  return async (image, _, facts, problems) => {
    for await (const report of walk(image, facts)) problems.add(report);
  };
}

/** The written form of a rule whose condition a spec states with `-rule` beside `valid` or `contents`. */
export type SpecRuleDeclaration = Omit<RuleDeclaration<never, Breach>, 'message' | 'check'> & {
  readonly message?: (breach: Breach) => string;
};

/** Declares a rule that a spec raises: its condition stands in the `.ksy` file and nowhere else. */
export function defineSpecRule(declaration: SpecRuleDeclaration): RaisableRule<unknown, Breach> {
  return defineRule<unknown, Breach>({ message: describeBreach, ...declaration });
}

function describeBreach(breach: Breach): string {
  return `${breach.field} is ${breach.actual}, must be ${breach.expected}`;
}
