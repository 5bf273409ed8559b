import type { RuleInfo } from '../model/rule.ts';

/** `rules --output json`: an array, or with ID one object. Ends with a line feed. */
export function renderRulesJson(rules: readonly RuleInfo[] | RuleInfo): string {
  const shown = Array.isArray(rules) ? rules.map(toPlain) : toPlain(rules as RuleInfo);
  return `${JSON.stringify(shown, null, 2)}\n`;
}

/** Without what only the checker needs. */
function toPlain({
  id,
  severity,
  depth,
  title,
  spec,
  repair,
  explanation,
}: RuleInfo): Record<string, unknown> {
  return { id, severity, depth, title, spec, repair, explanation };
}
