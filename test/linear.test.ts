import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseAst } from 'rolldown/parseAst';
import { analyse } from 'scslre';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/** What the scan looks for in a syntax tree. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly regex?: { readonly pattern: string; readonly flags: string };
  readonly arguments?: readonly Node[];
  readonly callee?: Node & { readonly name?: string };
}

const SOURCES = ['src', 'generated'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
);

/** Expressions over what the user types or this program writes itself, which no image supplies. */
const NOT_OF_IMAGES: readonly string[] = ['src/cli/', 'src/fast/'];

function* nodesOf(value: unknown): Iterable<Node> {
  if (typeof value !== 'object' || value === null) return;
  if ('type' in value && typeof value.type === 'string') yield value as Node;
  for (const child of Object.values(value)) yield* nodesOf(child);
}

/** What `look` says of nodes, with the line; of one for which it has no words, the code itself. */
function scan(file: string, look: (node: Node) => string | null): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...nodesOf(parseAst(text, { lang: 'ts' }))].flatMap((node) => {
    const flaw = look(node);
    const line = text.slice(0, node.start).split('\n').length;
    if (flaw === '') return [`${file}: ${text.slice(node.start, node.end).replaceAll(/\s+/g, ' ')}`];
    return flaw === null ? [] : [`${file}:${line}: ${flaw}`];
  });
}

/** Says why an expression may take more time than its text is long; `null` for one that is linear by its form. */
function whySlow(pattern: string, flags: string): string | null {
  const { reports } = analyse({ source: pattern, flags }, { reportTypes: { Move: true } });
  const [report] = reports;
  return report === undefined
    ? null
    : `${report.exponential ? 'exponential' : 'polynomial'} (${report.type})`;
}

test('the scan finds expressions that backtrack', () => {
  expect(whySlow('^(?:[ \\t]*(?:#[^\\r\\n]*)?[\\r\\n]+)*version', 'i')).toContain('exponential');
  expect(whySlow('^([ \\t]*)(.*?)([ \\t]*)$', '')).toContain('polynomial');
  expect(whySlow('\\0+$', '')).toContain('polynomial');
  expect(whySlow('^[0-9a-f]{1,8}$', 'i')).toBeNull();
});

test('every regular expression is linear by its form', () => {
  const slow = SOURCES.filter((file) => !NOT_OF_IMAGES.some((folder) => file.startsWith(folder))).flatMap(
    (file) =>
      scan(file, ({ regex }) => {
        if (regex === undefined) return null;
        const flaw = whySlow(regex.pattern, regex.flags);
        return flaw === null ? null : `/${regex.pattern}/${regex.flags} is ${flaw}`;
      }),
  );
  expect(slow).toEqual([]);
}, 60_000);

test('expressions are literals, so that the scan sees them', () => {
  const made = SOURCES.flatMap((file) =>
    scan(file, ({ type, callee }) =>
      (type === 'NewExpression' || type === 'CallExpression') && callee?.name === 'RegExp'
        ? 'new RegExp'
        : null,
    ),
  );
  expect(made).toEqual([]);
});

/** Spreads of tuples, and of lists of which the code beside shows that they have a few elements at most. */
const BOUNDED_SPREADS: readonly string[] = [
  'src/codec/inflate.ts: this.#compressed(...this.#dynamicCodes())',
  'src/io/patched-source.ts: flat.splice(at, until - at, ...left, patch, ...right)',
  'src/node/walk-below.ts: rest.push(...(isAbsolute(target) ? relative(root, target) : target).split(sep).reverse())',
  'src/io/http/http-source.ts: new HttpSource(context, ...(await readWhole(answer, options.wholeBytes ?? WHOLE_BYTES)))',
  'src/ops/ownership/counter.ts: this.#metadata.addRun(...this.#unitsOf(start, end), () => undefined)',
  'src/formats/vmdk/extents/hosted/open.ts: Math.min(length, source.size - offset, ...next)',
  'src/formats/vmdk/extents/hosted/rules/layout.ts: Math.max(...ends)',
];

test('nothing that grows with an image is spread over arguments', () => {
  const own = SOURCES.filter((file) => !NOT_OF_IMAGES.some((folder) => file.startsWith(folder)));
  const spreads = own.flatMap((file) =>
    scan(file, ({ type, arguments: given }) =>
      (type === 'CallExpression' || type === 'NewExpression') &&
      given?.some((argument) => argument.type === 'SpreadElement') === true
        ? ''
        : null,
    ),
  );
  expect(spreads.filter((found) => !BOUNDED_SPREADS.includes(found))).toEqual([]);
});
