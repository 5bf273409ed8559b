import type { ExplainedRule } from '../model/rule-info.ts';

/** `rules --output json`: an array, or with ID one object. Ends with a line feed. */
export function renderRulesJson(rules: readonly ExplainedRule[] | ExplainedRule): string {
  const shown = Array.isArray(rules) ? rules.map(toPlain) : toPlain(rules as ExplainedRule);
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
}: ExplainedRule): Record<string, unknown> {
  return { id, severity, depth, title, spec, repair, explanation };
}
