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

function scan(file: string, look: (node: Node) => string | null): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...nodesOf(parseAst(text, { lang: 'ts' }))].flatMap((node) => {
    const flaw = look(node);
    return flaw === null ? [] : [`${file}:${text.slice(0, node.start).split('\n').length}: ${flaw}`];
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

/** Spreads of lists whose length the program itself bounds, as `file: argument`. */
const BOUNDED_SPREADS: readonly string[] = [];

test('nothing that grows with an image is spread over arguments', () => {
  const spreads = SOURCES.flatMap((file) =>
    scan(file, ({ type, arguments: given }) =>
      (type === 'CallExpression' || type === 'NewExpression') &&
      given?.some((argument) => argument.type === 'SpreadElement') === true
        ? 'spreads a list over arguments'
        : null,
    ),
  );
  expect(spreads.filter((found) => !BOUNDED_SPREADS.includes(found))).toEqual([]);
});
