/**
 * Characters that act on a terminal, reorder its text or cannot be seen, by their Unicode properties: controls and
 * format characters (bidirectional ones, soft hyphens, tags), line and paragraph separators, all that is ignored
 * where it is shown (fillers, joiners, variation selectors), halves of surrogate pairs.
 */
const ACTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Makes a text that came from an image or a path safe to print: what would act on a terminal becomes visible as
 * `\x1b` or `\u{202e}`.
 */
export function escapeText(text: string): string {
  return text.replace(ACTIVE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const digits = code.toString(16);
    return code <= 0xff ? `\\x${digits.padStart(2, '0')}` : `\\u{${digits}}`;
  });
}

/**
 * Makes a JSON text safe to print without changing what it means: in valid JSON such characters are in strings
 * only, where `\u001b` is the same.
 */
export function escapeJson(json: string): string {
  return json.replace(ACTIVE, (character) => (character === '\n' ? character : toJsonEscapes(character)));
}

/** One escape for each of the character's UTF-16 units, as JSON has it. */
function toJsonEscapes(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
