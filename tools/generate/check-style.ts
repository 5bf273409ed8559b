import { namesUsed, expressionsOf, typesIn } from './analysis.ts';
import type { Diagnostics, Place } from './diagnostics.ts';
import type { Expression } from './expression.ts';
import type { Located, SpecFile, TypeSpec } from './model.ts';
import { attributesOf } from './read-spec.ts';
import { childrenOf } from './scope.ts';

/** Names of encodings as IANA and Kaitai's style guide write them. */
const ENCODINGS = new Set([
  'ASCII',
  'UTF-8',
  'UTF-16LE',
  'UTF-16BE',
  'UTF-32LE',
  'UTF-32BE',
  'IBM437',
  'IBM850',
  'IBM852',
  'IBM855',
  'IBM857',
  'IBM858',
  'IBM860',
  'IBM861',
  'IBM862',
  'IBM863',
  'IBM864',
  'IBM865',
  'IBM866',
  'IBM869',
  'SJIS',
  'Shift_JIS',
  'EUC-JP',
  'EUC-KR',
  'GB2312',
  'GBK',
  'GB18030',
  'Big5',
  'ISO-2022-JP',
  'KOI8-R',
  'KOI8-U',
  'macintosh',
  'UTF-16',
  'UTF-32',
  ...Array.from({ length: 16 }, (_, index) => `ISO-8859-${index + 1}`),
  ...Array.from({ length: 9 }, (_, index) => `windows-125${index}`),
  'windows-874',
  'windows-31j',
  'windows-949',
]);

/** Warns of what works but is not as the style guide of the language has it. */
export function checkStyle(spec: SpecFile, diagnostics: Diagnostics): void {
  for (const type of typesIn(spec.root)) {
    for (const { encoding } of [type, ...attributesOf(type)]) {
      if (encoding !== undefined) checkEncoding(encoding, diagnostics);
    }
    checkSizeNames(type, diagnostics);
  }
}

function checkEncoding({ name, place }: { name: string; place: Place }, diagnostics: Diagnostics): void {
  if (ENCODINGS.has(name)) return;
  const canonical = [...ENCODINGS].find((one) => plain(one) === plain(name));
  if (canonical === undefined) diagnostics.warn(place, `unrecognized encoding name '${name}'`);
  else diagnostics.warn(place, `use canonical encoding name \`${canonical}\` instead of \`${name}\``);
}

function plain(encoding: string): string {
  return encoding.toLowerCase().replaceAll(/[-_ ]/g, '');
}

const GUIDE = 'see https://doc.kaitai.io/ksy_style_guide.html#attr-id';

/** A member that only serves as the size or count of one other field should be named after that field. */
function checkSizeNames(type: TypeSpec, diagnostics: Diagnostics): void {
  const members = attributesOf(type);
  for (const member of members) {
    const uses = usesOf(member.id, type);
    const [use, ...others] = uses;
    if (use === undefined || others.length > 0) continue;
    // Nobody can name a member after a field that has no name.
    if (use.of.startsWith('_')) continue;
    const wanted = `${use.prefix}_${use.of}`;
    if (member.id === wanted) continue;
    const message = `use \`${wanted}\` instead of \`${member.id}\`, given that it's only used as ${use.role} of \`${use.of}\` (${GUIDE})`;
    diagnostics.warn(member.place, message);
  }
}

interface Use {
  readonly prefix: 'len' | 'num';
  readonly role: string;
  readonly of: string;
}

/** Every use of a member as a size or count; anything else makes the list longer than one. */
function usesOf(id: string, type: TypeSpec): readonly Use[] {
  const uses: Use[] = [];
  for (const attribute of attributesOf(type)) {
    const { extent, repeat } = attribute;
    if (isName(extent.size, id)) uses.push({ prefix: 'len', role: 'a byte size', of: attribute.id });
    if (repeat?.kind === 'count' && isName(repeat.count, id))
      uses.push({ prefix: 'num', role: 'repeat count', of: attribute.id });
  }
  const mentions = expressionsOf(type)
    .flatMap(namesUsed)
    .filter((name) => name === id).length;
  return mentions === uses.length && !isUsedElsewhere(id, type) ? uses : [];
}

/** Do other types of the spec reach for a member of that id? */
function isUsedElsewhere(id: string, { spec }: TypeSpec): boolean {
  return [...typesIn(spec.root)].some((type) =>
    expressionsOf(type).some((expression) => reaches(expression, id)),
  );
}

function reaches(expression: Expression, id: string): boolean {
  if (expression.kind === 'member' && expression.name === id) return true;
  return childrenOf(expression).some((child) => reaches(child, id));
}

function isName(expression: Located | undefined, id: string): boolean {
  return expression?.ast.kind === 'name' && expression.ast.name === id;
}
