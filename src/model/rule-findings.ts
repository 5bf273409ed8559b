import type { NamedFindings } from './findings.ts';
import type { ImageFile } from './image-file.ts';
import type { Finding, PendingReport, ProblemSink, Report } from './problem.ts';
import type { RuleInfo, RuleRow } from './rule.ts';

/** A rule as the engine runs it. */
export type AnyRule = RuleInfo & Omit<RuleRow<unknown, unknown, unknown>, keyof RuleInfo>;

/** Rules by id. */
export type RuleIndex = ReadonlyMap<string, AnyRule>;

/** Makes tables of rules into one index; rows keep their order. */
export function indexRules(...tables: readonly Readonly<Record<string, unknown>>[]): RuleIndex {
  const index = new Map<string, AnyRule>();
  for (const table of tables)
    for (const [id, row] of Object.entries(table)) {
      const rule = row as Omit<AnyRule, 'id'>;
      index.set(id, { ...rule, id, derivedFrom: rule.derivedFrom ?? [] });
    }
  return index;
}

/** Makes reports of findings and hands them on. */
export class RuleFindings implements NamedFindings {
  readonly #rules: RuleIndex;
  readonly #problems: ProblemSink;

  constructor(rules: RuleIndex, problems: ProblemSink) {
    this.#rules = rules;
    this.#problems = problems;
  }

  tell(id: string, finding: Finding<unknown>): void {
    this.report(this.#find(id), finding);
  }

  /** The same for a rule at hand. */
  report(rule: AnyRule, finding: Finding<unknown>): void {
    this.#problems.add(toReport(rule, finding));
  }

  tellLater(id: string, file: ImageFile, locate: () => Finding<unknown> | Promise<Finding<unknown>>): void {
    const rule = this.#find(id);
    const pending: PendingReport = {
      rule,
      severity: rule.severity,
      file,
      settle() {
        const finding = locate();
        return finding instanceof Promise
          ? finding.then((found) => toReport(rule, found))
          : toReport(rule, finding);
      },
    };
    this.#problems.add(pending);
  }

  #find(id: string): AnyRule {
    const rule = this.#rules.get(id);
    if (rule === undefined) throw new Error(`no rule ${id}`);
    return rule;
  }
}

function toReport(rule: AnyRule, finding: Finding<unknown>): Report {
  return {
    rule,
    severity: finding.severity ?? rule.severity,
    at: finding.at,
    guestOffset: finding.guestOffset ?? null,
    expected: finding.expected ?? null,
    actual: finding.actual ?? null,
    also: finding.also ?? [],
    data: finding.data,
    message: () => rule.message(finding.data),
  };
}
