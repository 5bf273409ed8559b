import { archiveRules } from '../appliance/rules.ts';
import { formats } from '../formats/index.ts';
import { fileRules } from '../formats/shared/file-rules.ts';
import type { FormatCode } from '../model/format.ts';
import type { ExplainedRule, Explanation, RuleInfo } from '../model/rule-info.ts';

/** Every rule there is, those of all files first, then format by format. */
export async function listRules(): Promise<readonly ExplainedRule[]> {
  return explainRules(await Promise.all(formats.map(({ load }) => load())));
}

/** The rules that an image of format `id` may be told of, without loading other formats. */
export async function rulesOfFormat(id: string | null): Promise<readonly ExplainedRule[]> {
  const format = await formats.find((entry) => entry.id === id)?.load();
  return explainRules(format === undefined ? [] : [format]);
}

/** Formats may share rules: each is listed once. */
async function explainRules(loaded: readonly FormatCode[]): Promise<readonly ExplainedRule[]> {
  const { fileExplanations } = await import('../formats/shared/file-rules.explained.ts');
  const { archiveExplanations } = await import('../appliance/rules.explained.ts');
  const { gateExplanations, gateRules } = await import('../gate/explained.ts');
  const explained = new Map<string, Explanation>(
    Object.entries({ ...fileExplanations, ...archiveExplanations, ...gateExplanations }),
  );
  const general = [...fileRules, ...archiveRules, ...gateRules];
  const rules = new Map<string, RuleInfo>(general.map((rule) => [rule.id, rule]));
  for (const format of loaded) {
    for (const [id, explanation] of Object.entries(await format.explain())) explained.set(id, explanation);
    for (const rule of format.rules) rules.set(rule.id, rule);
  }
  return [...rules.values()].map((rule) => ({ ...rule, explanation: find(explained, rule) }));
}

function find(explained: ReadonlyMap<string, Explanation>, { id }: RuleInfo): Explanation {
  const found = explained.get(id);
  if (found === undefined) throw new Error(`rule ${id} is not explained`);
  return found;
}
