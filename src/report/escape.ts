/**
 * Characters that act on a terminal or reorder its text: C0 and C1 controls, DEL, zero-width and bidirectional formatting, line and
 * paragraph separators, the byte order mark, halves of surrogate pairs.
 */
const ACTIVE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Makes a text that came from an image or a path safe to print: what would act on a terminal becomes visible as `\x1b` or `\u{202e}`. */
export function escapeText(text: string): string {
  return text.replace(ACTIVE, (character) => {
    const code = character.charCodeAt(0);
    const digits = code.toString(16);
    return code <= 0xff ? `\\x${digits.padStart(2, '0')}` : `\\u{${digits}}`;
  });
}

/**
 * Makes a JSON text safe to print without changing what it means: in valid JSON such characters stand in strings only, where
 * `\u001b` is the same.
 */
export function escapeJson(json: string): string {
  return json.replace(ACTIVE, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
