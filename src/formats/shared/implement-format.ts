import type { FormatCode, FormatParts } from '../../model/format.ts';
import type { Image } from '../../model/image.ts';
import type { ProblemSink } from '../../model/problem.ts';
import type { Depth, Facts } from '../../model/rule.ts';
import { indexRules, RuleFindings, type AnyRule, type RuleIndex } from '../../model/rule-findings.ts';
import { fileRuleIndex } from './file-rules.ts';
import { checkPadding } from './padding.ts';

/** Makes a format of its parts; the types of its images and findings stay inside. */
export function implementFormat<I extends Image, M, W = unknown>({
  rules: table,
  explain,
  families,
  padding,
  open,
  disclose,
}: FormatParts<I, M, W>): FormatCode {
  const rules = indexRules(table);
  const known: RuleIndex = new Map([...fileRuleIndex, ...rules]);
  const groups = groupByFamily([...rules.values()]);
  const findings = (problems: ProblemSink): RuleFindings => new RuleFindings(known, problems);
  return {
    rules: [...rules.values()],
    explain: async () => explain(),
    findings,
    // The context is copied first: V8 adds properties to a copy far slower than it copies.
    open: async (context) => open({ findings: findings(context.problems), ...context }),
    disclose: async (image) => (await disclose())(image as I),
    async evaluate(image, depth, facts, problems) {
      const applying = families?.(image as I) ?? groups;
      for (const [family, group] of groups)
        if (applying.has(family)) await evaluateRules(group, image, depth, facts, findings(problems));
      if (depth === 'data' && padding !== undefined)
        await checkPadding(padding(image as I, facts as Facts<W>), facts, findings(problems));
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
