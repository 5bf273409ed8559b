/** The start of an element. */
export interface XmlTag {
  /** Without its prefix. */
  readonly name: string;
  /** By names without prefixes. */
  readonly attributes: ReadonlyMap<string, string>;
}

/**
 * The elements of an XML document in order, each by its start: all that the facts in an OVF take. Comments,
 * declarations and text are passed over; what is no XML gives what can be made of it. Linear in the length of
 * `text`.
 */
export function* xmlTags(text: string): Iterable<XmlTag> {
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    const end = endOfMarkup(text, at);
    if (/[\p{L}_]/u.test(text.charAt(at + 1))) yield readTag(text.slice(at + 1, end));
    at = end;
  }
}

/** What is skipped whole, as it begins and ends. */
const PASSED: readonly (readonly [string, string])[] = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
];

/** Where the markup that begins at `at` ends: quotes may have `>` in them. */
function endOfMarkup(text: string, at: number): number {
  for (const [start, stop] of PASSED) {
    if (!text.startsWith(start, at)) continue;
    const end = text.indexOf(stop, at + start.length);
    return end < 0 ? text.length : end + stop.length;
  }
  let quote = '';
  for (let index = at + 1; index < text.length; index++) {
    const character = text.charAt(index);
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '>') return index;
  }
  return text.length;
}

function readTag(tag: string): XmlTag {
  const name = /^[^\s/>]+/.exec(tag)?.[0] ?? '';
  const attributes = new Map<string, string>();
  for (let at = name.length; ;) {
    const equals = tag.indexOf('=', at);
    if (equals < 0) break;
    const quoteAt =
      equals +
      1 +
      (tag.slice(equals + 1, equals + 64).length - tag.slice(equals + 1, equals + 64).trimStart().length);
    const quote = tag.charAt(quoteAt);
    if (quote !== '"' && quote !== "'") break;
    const end = tag.indexOf(quote, quoteAt + 1);
    if (end < 0) break;
    attributes.set(localName(tag.slice(at, equals).trim()), unescape(tag.slice(quoteAt + 1, end)));
    at = end + 1;
  }
  return { name: localName(name), attributes };
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z]{2,4});/gi, (whole, entity: string) => {
    if (!entity.startsWith('#')) return ENTITIES[entity] ?? whole;
    const code = entity.charAt(1) === 'x' ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
    return code <= 0x10_ffff ? String.fromCodePoint(code) : whole;
  });
}
