import type { Documentation } from './model.ts';
import type { ValueType } from './types.ts';

/** The text of a doc comment, empty where there is nothing to say. `fallback` stands in for what the author does not say. */
export function documentationText(
  documentation: Documentation,
  fallback: string | undefined,
  more: readonly (string | undefined)[] = [],
): string {
  const { doc, references, originalIds, unit } = documentation;
  const names = originalIds.map((id) => `\`${id}\``).join(', ');
  const paragraphs = [
    doc ?? fallback,
    ...more,
    unit === undefined ? undefined : `Unit: ${unit}.`,
    names === '' ? undefined : `In the document: ${names}.`,
  ].filter((paragraph) => paragraph !== undefined);
  const tags = references.map((reference) => `@see ${reference}`).join('\n');
  // What the author begins a line with is no tag.
  const text = paragraphs.map((paragraph) => paragraph.replaceAll(/^(\s*)@/gm, '$1\\@'));
  return [...text, ...(tags === '' ? [] : [tags])].join('\n\n').replaceAll('*/', '*\\/');
}

/** What is to be known of a value besides what the author says. */
export function viewNotes(type: ValueType): readonly string[] {
  return type.kind === 'bytes' ? ['A view of the input.'] : [];
}
