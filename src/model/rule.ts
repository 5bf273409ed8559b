import type { Breach } from '../codec/index.ts';
import type { Findings } from './findings.ts';
import type { ImageFile } from './image-file.ts';
import type { Ownership } from './owners.ts';
import type { Finding, ProblemSink, Report, Tell } from './problem.ts';
import type { Explanation, RuleInfo } from './rule-info.ts';

export type { Depth, Explanation, Repair, RuleInfo } from './rule-info.ts';

/** What rules may ask for besides the image; each is worked out once. */
export interface Facts<W = unknown> {
  /** Who owns what in one of the image's files; present from depth `metadata` on. */
  ownership(file: ImageFile): Ownership | undefined;
  /** What the walk over one of the image's files returned; present from depth `metadata` on, where the file was walked. */
  walk(file: ImageFile): W | undefined;
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
export interface RuleDeclaration<I, D> extends Omit<RuleInfo, 'derivedFrom' | 'explanation'> {
  readonly explanation: Explanation;
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
    also: finding.also ?? [],
    data: finding.data,
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

/** A field that is not what it must be: what a breach says of it, and what code that compares fields says as well. */
export type FieldFault = Pick<Breach, 'field' | 'expected' | 'actual'>;

/** The message of a rule that a spec raises, or about one field, where it has none of its own. */
export function describeBreach({ field, expected, actual }: FieldFault): string {
  return `${field} is ${actual}, must be ${expected}`;
}

/** One row of a table of rules; its key is the id. */
export interface RuleRow<I, D, M, W = unknown> extends Omit<RuleInfo, 'id' | 'derivedFrom' | 'explanation'> {
  readonly derivedFrom?: readonly string[];
  /** One sentence with the figures of the finding in it. */
  readonly message: (data: D) => string;
  /**
   * Looks at an image as a whole; absent where a spec, the walk or the ownership map tells the finding. `findings` is for what belongs to other
   * rows. Nearly every rule finds nothing in nearly every image, so it is told where to put a finding instead of returning a list.
   */
  readonly check?: (
    this: void,
    image: I,
    tell: Tell<D>,
    facts: Facts<W>,
    findings: Findings<M>,
  ) => void | Promise<void>;
}

/** Rules by id, each held to the figures that `M` has for it. */
export type RuleTable<I, M, W = unknown> = {
  readonly [Id in keyof M]: RuleRow<I, M[Id], M, W>;
};

/**
 * Declares some of the rules of a format: `defineRules<VhdImage, VhdFindings>()({ 'vhd/...': { ... } })`.
 *
 * A wrong id, a missing figure or a message for other figures does not compile.
 */
export function defineRules<I, M, W = unknown>(): <Ids extends keyof M>(
  table: Pick<RuleTable<I, M, W>, Ids>,
) => Pick<RuleTable<I, M, W>, Ids> {
  return (table) => table;
}

/** Ids of the rules in `M` whose figures are those of a breach: what a spec may name with `-rule`. */
export type SpecRuleId<M> = { [Id in keyof M]: Breach extends M[Id] ? Id : never }[keyof M];

/** The explanations of a table of rules, by id. */
export type Explanations<T> = { readonly [Id in keyof T]: Explanation };
