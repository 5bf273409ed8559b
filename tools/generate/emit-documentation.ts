import type { Documentation } from './model.ts';

/** The text of a doc comment. */
export function documentationText(
  documentation: Documentation,
  fallback: string,
  more: readonly (string | undefined)[] = [],
): string {
  const { doc, references, originalId, unit } = documentation;
  const lines = [doc ?? fallback, ...more.filter((line) => line !== undefined)];
  if (unit !== undefined) lines.push(`Unit: ${unit}.`);
  if (originalId !== undefined) lines.push(`In the document: \`${originalId}\`.`);
  lines.push(...references.map((reference) => `@see ${reference}`));
  return lines
    .join('\n\n')
    .replaceAll('*/', '*\\/')
    .replaceAll('\n\n@see', '\n@see')
    .replace('\n@see', '\n\n@see');
}
