import { formats } from '../formats/index.ts';
import { fileRules } from '../formats/shared/file-rules.ts';
import type { RuleInfo } from '../model/rule.ts';

/** Every rule there is, those of all files first, then format by format. */
export async function listRules(): Promise<readonly RuleInfo[]> {
  const loaded = await Promise.all(formats.map(({ load }) => load()));
  return uniteRules([fileRules, ...loaded.map(({ rules }) => rules)]);
}

/** The rules that an image of format `id` may be told of, without loading other formats. */
export async function rulesOfFormat(id: string | null): Promise<readonly RuleInfo[]> {
  const format = await formats.find((entry) => entry.id === id)?.load();
  return uniteRules([fileRules, format?.rules ?? []]);
}

/** Formats may share rules: each is listed once. */
function uniteRules(lists: readonly (readonly RuleInfo[])[]): readonly RuleInfo[] {
  return [...new Map(lists.flat().map((rule) => [rule.id, rule])).values()];
}
