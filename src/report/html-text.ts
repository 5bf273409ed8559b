/** Text in which every piece that is not ours is escaped; only `markup` and `joinHtml` make it. */
export class Html {
  readonly text: string;

  /** @param text what is already HTML */
  constructor(text: string) {
    this.text = text;
  }
}

/**
 * HTML from a template: what is put into it is escaped, also for attributes in double quotes, unless it is HTML
 * itself.
 */
export function markup(parts: TemplateStringsArray, ...values: readonly (string | Html)[]): Html {
  let text = '';
  for (const [index, part] of parts.entries()) {
    text += part;
    const value = values[index];
    if (value !== undefined) text += value instanceof Html ? value.text : escapeHtml(value);
  }
  return new Html(text);
}

export function joinHtml(pieces: readonly Html[]): Html {
  return new Html(pieces.map(({ text }) => text).join(''));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
