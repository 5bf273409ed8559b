import { UsageError } from '../errors.ts';
import { listRules } from '../ops/rules.ts';
import { renderRule, renderRuleList } from '../report/rules-human.ts';
import { renderRulesJson } from '../report/rules-json.ts';
import type { RunCommand } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { findNearest } from './suggest.ts';

/** `vdcheck rules`. */
export const runRules: RunCommand = async (invocation, terminal) => {
  const rules = await listRules();
  const [id] = invocation.operands;
  const rule = rules.find((candidate) => candidate.id === id);
  if (id !== undefined && rule === undefined) {
    const nearest = findNearest(
      id,
      rules.map((known) => known.id),
    );
    throw new UsageError(`there is no rule '${id}'; did you mean '${nearest ?? ''}'?`);
  }
  if (invocation.text('output') === 'json') terminal.stdout.write(renderRulesJson(rule ?? rules));
  else
    terminal.stdout.write(rule === undefined ? renderRuleList(rules, terminal) : renderRule(rule, terminal));
  return EXIT.ok;
};
