import type { FormatCode, FormatParts, OpenContext } from '../../model/format.ts';
import type { Image } from '../../model/image.ts';
import type { Finding, ProblemSink } from '../../model/problem.ts';
import type { Depth, Facts, Rule } from '../../model/rule.ts';
import { indexRules, RuleFindings, type AnyRule, type RuleIndex } from '../../model/rule-findings.ts';
import { fileRuleIndex } from './file-rules.ts';

/** Makes a format of its parts; the types of its images and findings stay inside. */
export function implementFormat<I extends Image, M, W = unknown>({
  rules: table,
  explain,
  families,
  open,
  legacy = [],
}: FormatParts<I, M, W> & { readonly legacy?: readonly Rule<I>[] }): FormatCode {
  const rules = indexRules(table);
  const known: RuleIndex = new Map([...fileRuleIndex, ...rules, ...indexOldRules(legacy)]);
  const oldGroups = groupByFamily(legacy);
  const groups = groupByFamily([...rules.values()]);
  const findings = (problems: ProblemSink): RuleFindings => new RuleFindings(known, problems);
  return {
    rules: [...rules.values(), ...legacy],
    explain: async () => explain(),
    findings,
    // The context is copied first: V8 adds properties to a copy far slower than it copies.
    open: async (context) => open({ findings: findings(context.problems), ...context }),
    async evaluate(image, depth, facts, problems) {
      const applying = families?.(image as I) ?? groups;
      for (const [family, group] of groups)
        if (applying.has(family)) await evaluateRules(group, image, depth, facts, findings(problems));
      for (const [family, group] of oldGroups)
        if (families === undefined || applying.has(family))
          await evaluateOldRules(group, image as I, depth, facts, problems);
    },
  };
}

const RANKS: Readonly<Record<Depth, number>> = { header: 0, metadata: 1, data: 2 };

/** The rules that look at a whole image, by the family that their id names; both in the order of the list. */
function groupByFamily<R extends { readonly id: string; readonly check?: unknown }>(
  rules: readonly R[],
): ReadonlyMap<string, readonly R[]> {
  const groups = new Map<string, R[]>();
  for (const rule of rules) {
    if (rule.check === undefined) continue;
    const family = rule.id.slice(0, rule.id.indexOf('/'));
    const group = groups.get(family);
    if (group === undefined) groups.set(family, [rule]);
    else group.push(rule);
  }
  return groups;
}

async function evaluateRules(
  rules: readonly AnyRule[],
  image: Image,
  depth: Depth,
  facts: Facts,
  findings: RuleFindings,
): Promise<void> {
  const reached = RANKS[depth];
  for (const rule of rules) {
    if (rule.check === undefined || RANKS[rule.depth] > reached) continue;
    const finished = rule.check(image, (finding) => findings.report(rule, finding), facts, findings as never);
    if (finished !== undefined) await finished;
  }
}

/** The written form of a format. */
export interface FormatDeclaration<I extends Image> {
  readonly rules: readonly Rule<I>[];
  /** The families of rules (an id up to its slash) that can find anything in an image of its kind; absent: all of them. */
  readonly families?: (image: I) => ReadonlySet<string>;
  readonly open: (context: OpenContext) => Promise<I>;
}

/** Declares the code of a format; the type of its images stays inside. */
export function defineFormatCode<I extends Image>({
  families,
  ...declaration
}: FormatDeclaration<I>): FormatCode {
  const groups = groupByFamily(declaration.rules);
  const { rules, open } = declaration;
  return {
    rules,
    open: (context) => open(context),
    explain: async () => ({}),
    findings: (problems) => new RuleFindings(indexOldRules(rules), problems),
    async evaluate(image, depth, facts, problems) {
      const applying = families?.(image as I) ?? groups;
      for (const [family, rules] of groups)
        if (applying.has(family)) await evaluateOldRules(rules, image as I, depth, facts, problems);
    },
  };
}

async function evaluateOldRules<I>(
  rules: readonly Rule<I>[],
  image: I,
  depth: Depth,
  facts: Facts,
  problems: ProblemSink,
): Promise<void> {
  const reached = RANKS[depth];
  let current: Rule<I> | undefined;
  // One for all rules, which look one after another: what a rule tells is what its own report is made of.
  const tell = (finding: Finding<unknown>): void => {
    if (current !== undefined) problems.add(current.report(finding as Finding<never>));
  };
  for (const rule of rules) {
    if (rule.check === undefined || RANKS[rule.depth] > reached) continue;
    current = rule;
    const finished = rule.check(image, tell, facts, problems);
    if (finished !== undefined) await finished;
  }
}

/** Rules of the old kind are known by id too, for region kinds and walks that were rewritten before them. */
function indexOldRules(rules: readonly Rule<never>[]): RuleIndex {
  return new Map(
    rules.map((rule) => [rule.id, { ...rule, message: () => rule.title } as unknown as AnyRule]),
  );
}
